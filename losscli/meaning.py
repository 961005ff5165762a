"""What else people call what a loss takes, in libraries and in data sets: for a "did you mean" by meaning."""

from __future__ import annotations

from losscli.declare import Declaration, key_of

# What a prediction can be, by the name of its parameter: one form is not another, and has to be converted.
FORMS = {
    "logits": ("logit", "score", "raw_score", "pred_logit"),
    "probs": ("prob", "probability", "probabilities", "p", "confidence", "y_prob", "y_proba", "pred_prob"),
    "log_probs": ("log_prob", "logprob", "log_probability", "log_probabilities", "logp", "lp"),
}
PREDICTION = ("pred", "predicted", "prediction", "y_pred", "y_hat", "yhat", "output")
TRUTH = ("label", "label_id", "target", "y_true", "y", "true", "truth", "ground_truth", "gold", "actual", "answer")
ALIKE = 0.75  # of the letters of two words, for one to be a misspelling of the other


def form(word: str) -> str | None:
    """The form of predictions that a word names."""
    return next((form for form, words in FORMS.items() if _is_one(word, words)), None)


def is_common(word: str) -> bool:
    """Whether others use this name, so that it is no misspelling."""
    return _is_one(word, PREDICTION) or _is_one(word, TRUTH) or form(word) is not None


def meant(declaration: Declaration, word: str) -> str | None:
    """The parameter that somebody calls by a word: by its meaning, or else by how alike the words are."""
    import difflib

    key, spellings = key_of(word).lower(), declaration.spellings
    if key in spellings:
        return spellings[key]
    if _is_one(word, TRUTH) and declaration.truth:
        return declaration.truth
    if declaration.takes_predictions:
        first, named = declaration.required[0], form(word)
        if _is_one(word, PREDICTION) or named == first or (named and first not in FORMS):
            return first
        if named:
            return None

    def likeness(other: str) -> float:
        return difflib.SequenceMatcher(None, key, other).ratio()

    close = max(spellings, key=likeness)
    return spellings[close] if likeness(close) >= ALIKE else None


def _is_one(word: str, names: tuple[str, ...]) -> bool:
    key = key_of(word).lower()
    return key in names or key.removesuffix("s") in names
