"""Two visitors with two languages at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

HEADINGS = {"en-US": ("Connect", "Models"), "ko-KR": ("연결", "모델")}


def test_two_browsers_hear_each_their_own_language_and_the_page_names_it(browser, dashboard):
    address = dashboard()
    contexts = [browser.new_context(locale=locale) for locale in HEADINGS]
    visitors = [(context.new_page(), headings) for context, headings in zip(contexts, HEADINGS.values(), strict=True)]
    for page, _headings in visitors:  # both are under way before either is looked at
        page.goto(address, wait_until="commit")
    for turn in (0, 1, 0):
        for page, headings in visitors:
            page.get_by_test_id("stSidebarNav").get_by_role("link", name=headings[turn], exact=True).click()
        for page, headings in visitors:
            expect(page.get_by_role("link", name=headings[turn], exact=True)).to_be_visible()
    for (page, headings), language in zip(visitors, ("en", "ko"), strict=True):
        expect(page.get_by_role("heading", name=headings[0], exact=True)).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", language)
    for context in contexts:
        context.close()


def test_the_language_is_chosen_in_the_sidebar_and_found_again_by_the_address(browser, dashboard):
    context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.goto(dashboard())
    page.get_by_role("combobox", name="Language").click()
    page.get_by_role("option", name="한국어").click()
    expect(page.get_by_role("heading", name="연결")).to_be_visible()
    page.wait_for_url("**/?*lang=ko*")
    page.reload()
    expect(page.get_by_role("heading", name="연결")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    context.close()
