"""What somebody types who does not know losscli yet: each mistake is answered in one line that says what to type.

The lines of the tables are whole messages. Every command that a message says to type is run, and has to work.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import orjson
import pytest

from losscli.catalogue import Entry, find
from losscli.documents.formats.txt import literal
from tests.catalogue import ENTRIES, named
from tests.command import ENVIRONMENT, PROGRAM, Done, run

CE = "For example: losscli ce --logits 0.15,-0.34,0.12,0.67,0.55 --label 2"
CUT = "is no file: the shell cuts numbers at blanks, unless quotes hold them together."
FOLLOW = "is no file, and numbers follow an option"
IGNORED = "To leave rows out, name their label with --ignore-index."

# What is typed, the exit code, the message.
COMMAND_LINES = [
    # the name of an option
    (
        "bce --logits 1,2 --labels 0,1",
        2,
        "bce has no --logits, but takes --probs (probabilities of the label 1). For logits, use bce-logits. "
        "Type: losscli bce-logits --logits 1,2 --labels 0,1",
    ),
    (
        "bce-logits --probs=.5,1 --target 0,1 -q",
        2,
        "bce-logits has no --probs, but takes --logits (scores before the sigmoid). For probabilities, use bce. "
        "Type: losscli bce --probs .5,1 --target 0,1 -q",
    ),
    (
        "ce --probs 0.5,1 --label 1",
        2,
        "ce has no --probs, but takes --logits (scores before the softmax). For probabilities, use nll on their "
        "logarithms. Type: losscli nll --log-probs -0.6931471805599453,0.0 --label 1",
    ),
    (
        "ce --probs @p.npy --label 1",
        2,
        "ce has no --probs, but takes --logits (scores before the softmax). "
        "For probabilities, give their logarithms to losscli nll --log-probs.",
    ),
    (
        "ce --log-probs -1,-2 --label 1",
        2,
        "ce has no --log-probs, but takes --logits (scores before the softmax). For log-probabilities, use nll. "
        "Type: losscli nll --log-probs -1,-2 --label 1",
    ),
    (
        "nll --logits 1,2 --label 0",
        2,
        "nll has no --logits, but takes --log-probs (log-probabilities). For logits, use ce. "
        "Type: losscli ce --logits 1,2 --label 0",
    ),
    (
        "focal-softmax --probs '.5,1;1,.5' --labels 1,0",
        2,
        "focal-softmax has no --probs, but takes --logits (scores before the softmax). For probabilities, use "
        "focal-softmax on their logarithms. Type: losscli focal-softmax --logits "
        "'-0.6931471805599453,0.0; 0.0,-0.6931471805599453' --labels 1,0",
    ),
    (
        "js --logits 1,2 --target .5,.5",
        2,
        "js has no --logits, but takes --probs (class probabilities). "
        'Type: losscli js --probs "$(losscli softmax -q --logits 1,2)" --target .5,.5',
    ),
    (
        "kl --scores '1,2; 3,4' --target '.5,.5; 1,0'",
        2,
        "kl has no --scores, but takes --log-probs (log-probabilities). "
        "Type: losscli kl --log-probs \"$(losscli log-softmax -q --logits '1,2; 3,4')\" --target '.5,.5; 1,0'",
    ),
    (
        "focal --probs .5 --label 1",
        2,
        "focal has no --probs, but takes --logits (scores before the sigmoid). "
        "For example: losscli focal --logits 0.15,-0.34,0.12,0.67,0.55 --labels 0,1,0,1,0",
    ),
    (
        "mse --pred 1,2 --target 1,3",
        2,
        "mse has no --pred. Did you mean --input (predictions)? Type: losscli mse --input 1,2 --target 1,3",
    ),
    (
        "mse --y_pred=1,2 --y-true 1,3",
        2,
        "mse has no --y_pred. Did you mean --input (predictions)? Type: losscli mse --input=1,2 --target 1,3",
    ),
    (
        "ce --logits 1,2 --label_ids 1",
        2,
        "ce has no --label_ids. Did you mean --labels (class indices from 0; or one-hot or class probabilities)? "
        "Type: losscli ce --logits 1,2 --labels 1",
    ),
    (
        "gaussian-nll --input 1 --target 2 --variance 1",
        2,
        "gaussian-nll has no --variance. Did you mean --var (predicted variances: one for all, per row or per "
        "element)? Type: losscli gaussian-nll --input 1 --target 2 --var 1",
    ),
    (
        "ce --logits 1,2 --label 0 --wieght 1,2",
        2,
        "ce has no --wieght. Did you mean --weight (one weight per class)? "
        "Type: losscli ce --logits 1,2 --label 0 --weight 1,2",
    ),
    (
        "ce --logits 1,2 --label 0 --labelsmoothing .1",
        2,
        "ce has no --labelsmoothing. Did you mean --label-smoothing? "
        "Type: losscli ce --logits 1,2 --label 0 --label-smoothing .1",
    ),
    (
        "ce -logits 1,2 -label 0",
        2,
        "ce has no -logits. Did you mean --logits (scores before the softmax)? "
        "Type: losscli ce --logits 1,2 --labels 0",
    ),
    (
        "margin-ranking --input 1 --input2 2 --labels 1",
        2,
        "margin-ranking has no --input. Did you mean --input1 (the first score of each pair)? "
        "Type: losscli margin-ranking --input1 1 --input2 2 --labels 1",
    ),
    ("triplet --input 1,2", 2, "triplet has no --input. losscli triplet --help lists its options."),
    ("ce --logits 1,2 --label 0 --verbose", 2, "ce has no --verbose. losscli ce --help lists its options."),
    ("ce --logits 1,2 --label 0 -x", 2, "ce has no -x. losscli ce --help lists its options."),
    ("ce --logits 1,2 --label 0 -qx", 2, "ce has no -x. losscli ce --help lists its options."),
    ("ce -1x", 2, "ce has no -1x. losscli ce --help lists its options."),
    ("list -1", 2, "list has no -1. losscli list --help lists its options."),
    (f"ce --{'x' * 999}", 2, f"ce has no --{'x' * 38}...{'x' * 10}. losscli ce --help lists its options."),
    (f"ce {'1,' * 999}", 2, f"'{'1,' * 20}...{'1,' * 5}' {FOLLOW}, such as --logits {'1,' * 15}1...{'1,' * 5}. {CE}"),
    (f"ce --logit {'1,' * 999} -x", 2, "ce has no -x. losscli ce --help lists its options."),
    (
        f"mse --pred {'1,' * 999} --target 1",
        2,
        "mse has no --pred. Did you mean --input (predictions)? losscli mse --help shows how.",
    ),
    ("list --loss ce", 2, "list has no --loss. losscli list --help lists its options."),
    ("list ce", 2, "list takes options only. losscli list --help lists them."),
    (
        "--logits 1,2 --label 0",
        2,
        f"losscli has no --logits of its own: a command comes first. {CE}",
    ),
    # an option without its value, or with a wrong one
    ("ce --logits 1,2 --label", 2, f"--label takes a value. {CE}"),
    ("ce --logits 1,2 --label 0 -o", 2, "-o takes a value."),
    ("ce --logits 1,2 --label 0 --json=1", 2, "--json takes no value."),
    ("ce --logits 1,2 --label 0 --reduction avg", 2, "--reduction: 'avg' is not one of 'mean', 'sum', 'none'."),
    ("ce --logits 1,2 --label 0 --digits x", 2, "--digits is 'x', but takes a whole number."),
    ("ce --logits 1,2 --label 0 --ignore-index x", 2, "--ignore-index is 'x', but takes a whole number."),
    ("ce --logits 1,2 --label 0 --ignore_index x", 2, "--ignore-index is 'x', but takes a whole number."),
    (
        "ce --logits 1,2 --label .5,.5 --ignore-index 255",
        2,
        "--ignore-index 255 has no meaning for class probabilities (--label has an axis of classes). "
        "Leave it out, or give class indices.",
    ),
    ("ce --logits 1,2 --label 0 --class-axis 3", 2, "--class-axis is 3, but --logits has the shape (2)."),
    ("ce --logits 1,2 --label 0 --class-names a", 2, "--class-names has 1 name, but there are 2 classes (0 to 1)."),
    ("ce --logits 1 --label 0 --class-names a,b", 2, "--class-names has 2 names, but there is 1 class (0)."),
    ("ce --logits 1,2 --label 0 --expect 1,2", 1, "--expect has 2 numbers, but 1 came out."),
    ("huber --input 1 --target 2 --delta 0", 2, "--delta is 0, but must be above 0."),
    ("tweedie --input 1 --target 0 --power 2", 3, "--target is 0, but with --power 2 a true value is above 0."),
    # an array
    ("ce --logits 1,2 --label 5", 3, f"--label is 5, but there are 2 classes (0 to 1). {IGNORED}"),
    ("ce --input 1,2 --target 5", 3, f"--target is 5, but there are 2 classes (0 to 1). {IGNORED}"),
    ("ce --logits 1 --label 5", 3, f"--label is 5, but there is 1 class (0). {IGNORED}"),
    ("ce --logits 1,2 --label 2", 3, "--label is 2, but there are 2 classes (0 to 1). Are the labels counted from 1?"),
    ("ce --logits 1,x --label 0", 2, "--logits[1] is the text 'x', but a number was expected."),
    ("ce --logits [1,2 --label 0", 2, "--logits: not JSON: expecting ',' delimiter at column 5. Is it cut off?"),
    ("ce --logits 1 --label 0 --weight 1,2", 3, "--weight has 2 numbers, but --logits has 1 class."),
    ("mse --input 1,2,3 --target 1,2", 3, "--target has the shape (2), but --input has (3)."),
    ("giou --input 1 --target 1,2,3,4", 3, "--input has 1 number in a row, but takes 4."),
    (
        "dice --logits 1,2 --labels 1 --mode multilabel",
        3,
        "--mode multilabel takes --labels of the shape of --logits: a mask for each class.",
    ),
    # nothing, or not enough
    ("ce", 3, f"the input is empty. {CE}"),
    ("ce --logits 1,2", 2, f"--labels is missing. {CE}"),
    ("ce --weight 1,2 --label 0", 2, f"--logits is missing. {CE}"),
    (
        "triplet --anchor 1,2",
        2,
        "--positive and --negative are missing. For example: losscli triplet --anchor 0,0 --positive 0.5,0 "
        "--negative 1,0.5",
    ),
    # numbers where files stand
    ("ce 0.1,0.2 1", 2, f"'0.1,0.2' {FOLLOW}. Type: losscli ce --logits 0.1,0.2 --labels 1"),
    ("ce [1, 2, 3]", 2, f"'[1,' {FOLLOW}, such as --logits '[1, 2, 3]'. {CE}"),
    ("ce [1, 2, 3] 0", 2, f"'[1,' {FOLLOW}. Type: losscli ce --logits '[1, 2, 3]' --labels 0"),
    ("ce 1 2 3 --label 0", 2, f"'1' {FOLLOW}. Type: losscli ce --logits '1 2 3' --label 0"),
    ("ce -1,2 --label 0", 2, f"'-1,2' {FOLLOW}. Type: losscli ce --logits -1,2 --label 0"),
    ("mse -- -1 .5", 2, f"'-1' {FOLLOW}. Type: losscli mse --input -1 --target .5"),
    ("softmax 1,2,3 -q", 2, f"'1,2,3' {FOLLOW}. Type: losscli softmax --logits 1,2,3 -q"),
    ("ce --logits 1,2 --label 0 --digits 3 5", 2, f"'5' {FOLLOW}. {CE}"),
    ("ce --logits 1, 2 --label 0", 2, f"'2' {CUT} Type: losscli ce --logits '1, 2' --label 0"),
    ("ce --logits=1, 2 --label 0", 2, f"'2' {CUT} Type: losscli ce '--logits=1, 2' --label 0"),
    ("ce --label 0 --logits -1 2 3", 2, f"'2' {CUT} Type: losscli ce --label 0 --logits '-1 2 3'"),
    (
        "ce logits=1,2 label=0",
        2,
        "'logits=1,2' is no file, and an option has two dashes. Type: losscli ce --logits=1,2 --label=0",
    ),
    (
        "ce logits 1,2 label 0",
        2,
        "'logits' is no file, and an option has two dashes. Type: losscli ce --logits 1,2 --label 0",
    ),
    ("ce preds", 4, "preds: No such file or directory."),
    ("ce preds.parquet", 4, "preds.parquet: No such file or directory."),
    # the name of a command
    ("help", 2, "there is no command 'help'. Type: losscli --help"),
    ("help ce", 2, "there is no command 'help'. Type: losscli ce --help"),
    ("help cross_entropy", 2, "there is no command 'help'. Type: losscli ce --help"),
    ("help me", 2, "there is no command 'help'. Type: losscli --help"),
    (f"CE --logits {'1,' * 999} --label 0", 2, "there is no command 'CE'. losscli ce --help shows how."),
    ("version", 2, "there is no command 'version'. Type: losscli --version"),
    ("CE --logits 1,2 --label 0", 2, "there is no command 'CE'. Type: losscli ce --logits 1,2 --label 0"),
    ("rmse --input 1 --target 2", 2, "there is no command 'rmse'. Did you mean mse or msle?"),
    ("accuracy", 2, "there is no command 'accuracy'. losscli list shows all."),
    ("x.json --json", 2, "x.json is a file, and a command comes before it. For example: losscli ce x.json"),
]

# What is typed, the document on standard input, the message.
DOCUMENTS = [
    (
        "ce",
        '{"predictions": [[1, 2], [3, 4]], "label_ids": [0, 1]}',
        "logits and labels are missing. The keys are predictions (2, 2), label_ids (2). "
        "Did you mean predictions and label_ids? Add --logits-key predictions --labels-key label_ids",
    ),
    (
        "ce",
        '{"logits": [1, 2], "y_true": 0}',
        "labels is missing. The keys are logits (2), y_true (). Did you mean y_true? Add --labels-key y_true",
    ),
    (
        "mse",
        '{"pred y": [1, 2], "targets": [1, 2]}',
        "input is missing. The keys are pred y (2), targets (2). Give --input, or name the key with --input-key.",
    ),
    (
        "bce",
        '{"logits": [1, 2], "labels": [0, 1]}',
        "probs is missing. The keys are logits (2), labels (2). logits cannot serve as probs (probabilities of the "
        "label 1): losscli list shows the losses that take it.",
    ),
    (
        "ce",
        '{"a": [1, 2]}',
        "logits and labels are missing. The only key is a (2). "
        "Give --logits and --labels, or name the keys with --logits-key and --labels-key.",
    ),
    ("ce", '{"logits": [1, 2], "lable": 0}', "the key 'lable' is unknown. Did you mean 'label'?"),
    ("ce", '{"input": [1, 2], "target": 5}', f"target is 5, but there are 2 classes (0 to 1). {IGNORED}"),
    ("ce --labels-key y", '{"logits": [1, 2], "y": 5}', f"y is 5, but there are 2 classes (0 to 1). {IGNORED}"),
    ("ce --weight 1", '{"logits": [1, 2], "label": 0}', "--weight has 1 number, but logits has 2 classes."),
    ("ce --class-axis 3", '{"logits": [1, 2], "label": 0}', "--class-axis is 3, but logits has the shape (2)."),
    ("ce", '{"logits": [1, 2], "label": 0, "class_axis": 3}', "class_axis is 3, but logits has the shape (2)."),
    (
        "ce",
        '{"logits": [1, 2], "label": [0.5, 0.5], "ignore_index": 255}',
        "ignore_index=255 has no meaning for class probabilities (label has an axis of classes). "
        "Leave it out, or give class indices.",
    ),
    (
        "ce",
        "label,cat,dog",
        'not JSON: expecting value at column 1. A document is an object such as {"logits": [0.9, 0.1], "label": 0}.',
    ),
]

# What is typed, the table, the message.
TABLES = [
    (
        "ce",
        "y_true,cat,dog\n0,1,2\n",
        "labels is missing. The columns are y_true (1), cat (1), dog (1). Did you mean y_true? Add --labels-key y_true",
    ),
    (
        "mse",
        "pred,target\n0,1\n",
        "input is missing. The columns are pred (1), target (1). Did you mean pred? Add --input-key pred",
    ),
]


def told(done: Done, code: int, message: str) -> None:
    assert (done.returncode, done.stderr) == (code, f"losscli: {message}\n")


def commands(message: str) -> list[str]:
    return re.findall(r"(?:Type|For example): (losscli .*)", message)


def pasted(command: str, cwd: Any = None) -> subprocess.CompletedProcess[str]:
    """A command typed into a shell."""
    env = ENVIRONMENT | {"PATH": f"{Path(PROGRAM).parent}:{ENVIRONMENT['PATH']}"}
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=env, cwd=cwd, check=False)


@pytest.mark.parametrize(("line", "code", "message"), COMMAND_LINES)
def test_a_command_line(line: str, code: int, message: str, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"logits": [1, 2], "label": 0}')
    done = run(*shlex.split(line), cwd=tmp_path)
    if code == 1:  # a check fails after the result
        done = done._replace(stdout="")
    told(done, code, message)
    assert done.stdout == ""
    for command in commands(message):
        again = pasted(command, tmp_path)
        assert again.returncode == 0, again.stderr
        assert again.stdout


@pytest.mark.parametrize(("line", "document", "message"), DOCUMENTS)
def test_a_document(line: str, document: str, message: str) -> None:
    told(run(*shlex.split(line), stdin=document), 3, f"standard input:1: {message}")
    if "? Add " in message:
        more = message.partition("? Add ")[2]
        assert run(*shlex.split(f"{line} {more} -q"), stdin=document).returncode == 0


@pytest.mark.parametrize(("line", "table", "message"), TABLES)
def test_a_table(line: str, table: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(table)
    told(run(line, "t.csv", cwd=tmp_path), 3, f"t.csv: {message}")
    more = message.partition("? Add ")[2]
    assert run(*shlex.split(f"{line} t.csv {more} -q"), cwd=tmp_path).returncode == 0


PREDICTING = [entry for entry in ENTRIES if entry.declaration.takes_predictions]


def renamed(entry: Entry, first: str, truth: str) -> list[str]:
    """The first example of a loss with other options for the predictions and for what they are held against."""
    declaration = entry.declaration
    named_ = {f"--{s.replace('_', '-')}": declaration.spellings[s] for s in declaration.spellings}
    words = {declaration.required[0]: first, declaration.truth: truth}
    return [words.get(named_.get(word, ""), word) for word in shlex.split(entry.examples[0])[1:]]


@pytest.mark.parametrize("entry", PREDICTING, ids=named)
def test_the_names_of_pytorch_are_taken_and_others_are_understood(entry: Entry) -> None:
    expected = run(*shlex.split(entry.examples[0])[1:])
    assert run(*renamed(entry, "--input", "--target")).stdout == expected.stdout
    done = run(*renamed(entry, "--y-pred", "--ground_truth"))
    assert done.returncode == 2
    assert run(*shlex.split(commands(done.stderr)[0])[1:]).stdout == expected.stdout


@pytest.mark.parametrize("entry", PREDICTING, ids=named)
def test_the_keys_of_others_are_named_with_the_options_that_take_them(entry: Entry) -> None:
    words = shlex.split(entry.examples[0])[2:]
    declaration = entry.declaration
    spelt = [word[2:].replace("-", "_") for word in words[::2]]
    given = {declaration.spellings.get(w, w): text for w, text in zip(spelt, words[1::2], strict=True)}
    keys = {declaration.required[0]: "predictions", declaration.truth: "label_ids"}
    document = orjson.dumps({keys.get(name, name): literal(text) for name, text in given.items()})
    done = run(entry.name, stdin=document)
    assert done.returncode == 3
    options = done.stderr.partition("? Add ")[2]
    found = run(entry.name, *shlex.split(options), "--json", stdin=document)
    assert orjson.loads(found.stdout) == orjson.loads(run(*shlex.split(entry.examples[0])[1:], "--json").stdout)


@pytest.mark.parametrize("entry", ENTRIES, ids=named)
def test_each_parameter_that_is_missing_is_named_with_an_example_that_works(entry: Entry) -> None:
    words = shlex.split(entry.examples[0])[1:]
    spellings = entry.declaration.spellings
    for name in entry.declaration.required:
        at = next(i for i, w in enumerate(words) if w.startswith("--") and spellings[w[2:].replace("-", "_")] == name)
        rest = [*words[:at], *words[at + 2 :]]
        if len(rest) > 1:
            flag = f"--{name.replace('_', '-')}"
            told(run(*rest), 2, f"{flag} is missing. For example: {entry.examples[0]}")


def test_underscores_serve_as_hyphens() -> None:
    line = ["ce", "--logits", "1,2", "--label", "0", "--label-smoothing", "0.1", "-q"]
    assert run("cross_entropy", *line[1:5], "--label_smoothing=0.1", "-q") == run(*line)
    entry = find("losses", "cross-entropy")
    assert entry is not None
    assert entry.name == "ce"
