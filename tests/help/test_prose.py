"""Long texts: plain files that become headings, paragraphs and lists, and nothing else."""

from __future__ import annotations

from nhi_express.help import prose


def test_a_text_becomes_headings_paragraphs_and_lists() -> None:
    assert prose.rendered("# One\n\nTwo\nthree\n\n- a\n- b\n") == (
        '<h2>One</h2>\n<p>Two three</p>\n<ul class="bullets"><li>a</li><li>b</li></ul>'
    )


def test_markup_in_a_text_is_only_text() -> None:
    shown = prose.rendered('# <b>\n\n<script>alert(1)</script>\n\n- {0} & "x"')
    assert "<script" not in shown
    assert shown == (
        "<h2>&lt;b&gt;</h2>\n<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"
        '<ul class="bullets"><li>{0} &amp; &quot;x&quot;</li></ul>'
    )
