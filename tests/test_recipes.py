"""The README's recipes under Contributing, followed to the letter in a copy of the tree: what they add is there."""

from __future__ import annotations

import csv

from nim_core.testing import NimServer, Says
from tests.support.recipes import Copy

DRAWN = """
from streamlit.testing.v1 import AppTest
test = AppTest.from_file("pages/frame.py", default_timeout=60)
test.run()
assert not test.exception
"""


def an_endpoint(url):
    return {
        "nim_core/values/endpoints.py": [
            (
                "NAMED: dict[str, Endpoint] = {each.name: each for each in (LOCAL, NVIDIA)}",
                f'TOY = Endpoint("toy", title="Toy endpoint", url="{url}", rpm=600.0, note="For children.")\n'
                "NAMED: dict[str, Endpoint] = {each.name: each for each in (LOCAL, NVIDIA, TOY)}",
            )
        ]
    }


def test_an_endpoint_is_offered_on_connect_and_answers_by_its_name(tmp_path):
    with NimServer([Says("Hello")]) as server:
        copy = Copy(tmp_path, an_endpoint(server.url))
        words = ["compare", "--prompt", "Hi", "--endpoint", "toy", "--set", "a: temperature=0", "--repeats", "1"]
        copy.run("-m", "nim_core", *words, "--out", "rows.csv")
    (row,) = csv.DictReader((copy.folder / "rows.csv").open(newline="", encoding="utf-8"))
    assert (row["endpoint"], row["status"], row["text"]) == ("toy", "ok", "Hello")
    copy.run("-c", f"{DRAWN}assert 'Toy endpoint' in test.radio(key='connect_endpoint').options")


A_PAGE = {
    "pages/toy.py": [("", '"""A toy page."""\n\nimport streamlit as st\n\nst.title("A toy page")\n')],
    "pages/frame.py": [
        (
            '        st.Page("compare.py", title=_("Compare")),\n',
            '        st.Page("compare.py", title=_("Compare")),\n        st.Page("toy.py", title=_("Toy")),\n',
        )
    ],
}


def test_a_page_stands_in_the_navigation_and_is_drawn(tmp_path):
    copy = Copy(tmp_path, A_PAGE)
    copy.run("-c", f"{DRAWN}assert test.switch_page('toy.py').run().title[0].value == 'A toy page'")
