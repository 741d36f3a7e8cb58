"""Models: the endpoint's list; search it and choose one."""

from __future__ import annotations

import streamlit as st

from nim_core.catalog import Model, list_models, matching
from nim_core.errors import CallError
from pages.parts.session import Session, session, settings


def main() -> None:
    """Draw the page."""
    mine = session()
    st.title("Models")
    try:
        with st.spinner("Asking the server for its models …"):
            listed = mine.listed_models(lambda: list_models(mine.place, mine.key, settings()))
    except CallError as error:
        st.error(str(error), title="The list of models cannot be had")
        st.write(error.kind.advice)
        st.button("Try again", key="models_retry")
        return
    search = st.text_input("Search models", key="models_search", placeholder="llama 8b", persist_state="session")
    with_others = st.toggle("Show models that do not chat", key="models_others", persist_state="session")
    found = [model for model in matching(listed, search or "") if with_others or model.kind == "chat"]
    if not found:
        st.info("No model matches. Try fewer or shorter words, such as llama or 8b.")
        return
    _choose(mine, found)


def _choose(mine: Session, found: list[Model]) -> None:
    st.caption(f"{len(found)} models. Select a row, then press the button.")
    selected = st.dataframe(
        {
            "Model": [model.id for model in found],
            "Publisher": [model.publisher or "" for model in found],
            "Kind": [model.kind for model in found],
            "Context, tokens": [model.context for model in found],
        },
        key="models_list",
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row-required" if len(found) == 1 else "single-row",
        alt="The models of the endpoint",
    )
    rows = selected.selection.rows
    chosen = found[rows[0]] if rows else None
    if st.button("Use this model", key="models_use", type="primary", disabled=chosen is None) and chosen:
        mine.models[mine.endpoint] = chosen.id
        st.rerun()
    if mine.model:
        st.success(f"Chat and Compare use {mine.model}.")


main()
