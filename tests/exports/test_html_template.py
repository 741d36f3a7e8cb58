"""Templates for HTML: a value is text whatever stands in it, and a missing one is an error."""

from __future__ import annotations

import jinja2
import pytest

from nim_core.exports.html_template import template


@pytest.fixture
def rendered(tmp_path):
    def render(source, **values):
        path = tmp_path / "some.jinja"
        path.write_text(source)
        return template(path).render(values)

    return render


def test_a_value_is_text_also_in_an_attribute(rendered):
    assert rendered('<p title="{{ it }}">{{ it }}</p>', it="<b>\"'") == (
        '<p title="&lt;b&gt;&#34;&#39;">&lt;b&gt;&#34;&#39;</p>'
    )


def test_what_no_html_can_hold_becomes_a_replacement_character(rendered):
    assert rendered("{{ it }}", it="a\0b\ud800") == "a\ufffdb\ufffd"


def test_json_cannot_end_the_element_that_it_stands_in(rendered):
    assert rendered("<script>{{ it|tojson }}</script>", it={1: "</script>"}).count("</script>") == 1


def test_a_name_that_is_not_given_is_an_error(rendered):
    with pytest.raises(jinja2.UndefinedError, match="'it' is undefined"):
        rendered("{{ it }}")
