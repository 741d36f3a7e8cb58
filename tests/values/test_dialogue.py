"""What of a conversation goes on to the next question."""

from __future__ import annotations

from nim_core.values.dialogue import Message, said_before, said_until


def test_a_question_without_an_answer_is_not_sent_again():
    earlier = (Message("user", "one"), Message("assistant", "1"))
    messages = (Message("system", "Be brief."), *earlier, Message("user", "two"))
    assert said_until(messages, None) == said_before(messages) == earlier
    assert said_until(messages, "2") == (*earlier, Message("user", "two"), Message("assistant", "2"))
