"""The indefinite article."""

import pytest

from simulator.foundation.spelling import with_article


@pytest.mark.parametrize(
    ("noun", "said"), [("evaluation", "an evaluation"), ("run", "a run"), ("comparison", "a comparison")]
)
def test_a_noun_has_the_article_that_goes_with_it(noun, said):
    assert with_article(noun) == said
