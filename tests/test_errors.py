"""What a user, a pipe or an attacker can do wrong, one row a case: the input, the exit code, words that must appear.

A row fails unless the program ends with that code, says those words on standard error, prints nothing that could pass
for a result, no traceback and no control character.
"""

from __future__ import annotations

import gzip
import io
import json
import struct
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.command import Done, run, words

Files = dict[str, bytes]


def npy(a: Any, **more: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, a, **more)
    return file.getvalue()


def npz(pack: Any = np.savez, **arrays: Any) -> bytes:
    file = io.BytesIO()
    pack(file, **arrays)
    return file.getvalue()


def npy_header(text: str, data: bytes = b"", version: bytes = b"\1\0") -> bytes:
    """A .npy file whose header is this text."""
    return b"\x93NUMPY" + version + struct.pack("<H", len(text)) + text.encode() + data


def promising(shape: str, dtype: str = "<f8", data: bytes = bytes(16)) -> bytes:
    return npy_header(f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}", data)


def tensors(header: Any, data: bytes = b"", length: int | None = None) -> bytes:
    """A .safetensors file."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def zipped(*members: tuple[str, bytes], pack: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(file, "w", pack) as archive:  # of a name used twice
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def damaged(pack: int) -> bytes:
    """An archive with a flipped byte in the middle of what it holds."""
    whole = zipped(("logits.npy", npy(np.arange(1000.0))), pack=pack)
    return whole[:300] + bytes([whole[300] ^ 255]) + whole[301:]


F64 = {"dtype": "F64", "shape": [2], "data_offsets": [0, 16]}
TWO = "--logits 1,2"
ROWS = "--logits 1,2;3,4"
TWO_F64 = struct.pack("<d", 2)
WIDE = np.array([np.longdouble(1), np.longdouble("1e4000")])
CSV = b"label,cat,dog\n0,1,2\n1,3,4\n"

NO_NAME = "left out: the first column, which has no name. The classes are 'a', 'b'; --logits-key names others."

# The command line: what is typed, the exit code, the words.
ARGUMENTS = [
    # no number
    ("ce --logits 1,x --label 0", 2, "--logits|logits[1]|'x'|a number was expected"),
    ("ce --logits 1;2,x --label 0", 2, "logits[1][1]|'x'"),
    ("ce --logits 1,,2 --label 0", 2, "logits[1] is empty"),
    ("ce --logits , --label 0", 2, "logits[0] is empty"),
    ("ce --logits '' --label 0", 2, "--logits|empty|0.9,0.1"),
    ("ce --logits ' ' --label 0", 2, "empty"),
    ("ce --logits ';' --label 0", 2, "empty"),
    ("ce --logits [] --label 0", 3, "logits has no classes"),
    ("ce --logits 1_000,2 --label 0", 2, "'1_000'|a number was expected"),
    ("ce --logits 0x10,2 --label 0", 2, "'0x10'"),
    ("ce --logits 1.2.3,2 --label 0", 2, "'1.2.3'"),
    ("ce --logits 1e400,2 --label 0", 2, "1e400|beyond float64|Infinity"),
    ("ce --logits -1e400,2 --label 0", 2, "-1e400|beyond float64"),
    ("ce --logits [1e400,2] --label 0", 2, "1e400|beyond float64"),
    (f"ce --logits 1{'0' * 400},2 --label 0", 2, "beyond float64"),
    (f"ce --logits [1{'0' * 400},2] --label 0", 2, "beyond float64"),
    (f"ce --logits [1{'0' * 5000},2] --label 0", 2, "beyond float64"),
    (f"ce --logits {'x' * 10_000},2 --label 0", 2, "xxx...xxx"),
    ("ce --logits +-inf,2 --label 0", 2, "'+-inf'"),
    ("ce --logits 1.#INF,2 --label 0", 2, "'1.#INF'"),
    ("ce --logits true,2 --label 0", 2, "'true'"),
    ("ce --logits [true,2] --label 0", 2, "[0] is true|Write 1 and 0"),
    ("ce --logits [null,2] --label 0", 2, "logits[0] is null"),
    ("ce --logits '[\"a\",2]' --label 0", 2, "logits[0] is the text 'a'"),
    ("ce --logits '[\"1\",2]' --label 0", 2, "without quotes"),
    ("ce --logits '[{},2]' --label 0", 2, "logits[0] is an object"),
    ("ce --logits '{\"a\":1}' --label 0", 2, "'{\"a\":1}'"),
    ("ce --logits [1,2 --label 0", 2, "not JSON: expecting|column 5|cut off"),
    ("ce --logits '[1,2] [3]' --label 0", 2, "a second value begins at column 7"),
    ("ce --logits [nan,2] --label 0", 2, "not JSON|NaN, Infinity and -Infinity"),
    ("ce --logits [-inf,2] --label 0", 2, "not JSON|NaN, Infinity and -Infinity"),
    ("ce --logits [1,2,] --label 0", 2, "not JSON"),
    (f"ce --logits {'[' * 100_000} --label 0", 2, "nested too deep"),
    (f"ce --logits {'[' * 900}1{']' * 900} --label 0", 2, "nested more than 32 deep"),
    (f"ce --logits {'[' * 40}1{']' * 40} --label 0", 2, "nested more than 32 deep"),
    # shapes
    ("ce --logits 1,2;3 --labels 0,1", 2, "logits[1] has 1 number|logits[0] has 2 numbers|same length"),
    ("ce --logits [[[1],[2]],[[3,4]]] --labels 0,0", 2, "logits[1] has 1 number|logits[0] has 2 numbers"),
    ("ce --logits [[[1],[2]],[3,4]] --labels 0,0", 2, "logits[1] has the shape (2)|logits[0] has the shape (2, 1)"),
    ("ce --logits [[1,2],3] --labels 0,1", 2, "logits[1] has a single number|logits[0] has 2 numbers"),
    (f"ce {ROWS} --labels 0", 3, "labels|()|fits no class axis|(2, 2)|2 rows of 2 classes take 2 labels"),
    (f"ce {ROWS} --labels 0,1,0", 3, "labels has the shape (3)|(2, 2)"),
    ("ce --logits 1,2,3;4,5,6 --labels 0,1,0", 3, "--class-axis 0"),
    ("ce --logits [[[1,2],[3,4],[5,6]]] --labels 0,1", 3, "(2)|(1, 3, 2)|expected (1, 2) or (1, 3)"),
    (f"ce {ROWS} --labels 0,1 --weight 1,2,3", 3, "weight has 3 numbers|logits has 2 classes"),
    (f"ce {ROWS} --labels 0,1 --weight 1,2;3,4", 3, "weight has the shape (2, 2)"),
    (f"ce {ROWS} --labels 0,1 --class-axis 2", 2, "--class-axis is 2|(2, 2)"),
    (f"ce {ROWS} --labels 0,1 --class-axis x", 2, "class-axis|'x'|a whole number"),
    (f"ce {ROWS} --labels 0,1 --class-axis 1.5", 2, "class-axis|1.5|a whole number"),
    ("bce --probs .1,.2 --labels 0,1,0", 3, "labels|probs|(3)|(2)"),
    ("bce --probs .1,.2 --labels 0,1 --weight 1,2,3", 3, "weight|(3)|does not broadcast|(2)"),
    ("nll --log-probs -1,-2 --labels 0,1", 3, "labels|(2)"),
    ("multilabel-soft-margin --logits 1,2 --labels 0,1,1", 3, "labels|3|2"),
    # labels
    (f"ce {TWO} --label 2", 3, "label|is 2|2 classes (0 to 1)|counted from 1"),
    (f"ce {ROWS} --labels 1,2", 3, "labels[1] is 2|counted from 1"),
    (f"ce {ROWS} --labels 0,5", 3, "labels[1] is 5|(0 to 1)|--ignore-index"),
    (f"ce {ROWS} --labels 0,-1", 3, "labels[1] is -1|(0 to 1)|--ignore-index"),
    (f"ce {TWO} --label 0.5", 3, "0.5|a whole number was expected"),
    (f"ce {TWO} --label nan", 3, "nan|a whole number was expected"),
    (f"ce {TWO} --label inf", 3, "inf|a whole number"),
    (f"ce {TWO} --label 100000000000000000000000000000", 3, "a whole number of at most 63 bits"),
    (f"ce {TWO} --label 9223372036854775808", 3, "9.223372036854776e+18"),
    (f"ce {TWO} --label -9223372036854775809", 3, "9.223372036854776e+18"),
    (f"ce {TWO} --label cat", 2, "--label is the text 'cat'"),
    (f"ce {TWO} --label cat --class-names dog,bird", 2, "'cat'|'dog', 'bird'"),
    ("ce --logits cat,2 --label 0 --class-names cat,dog", 2, "logits[0] is the text 'cat'|a number was expected"),
    (f"ce {TWO} --label 0 --class-names a,b,c", 2, "--class-names has 3 names|2 classes"),
    (f"ce {TWO} --label 0 --class-names a,a", 2, "--class-names|'a' twice"),
    (f"ce {TWO} --labels .5,.5 --ignore-index 0", 2, "--ignore-index 0 has no meaning for class probabilities"),
    # ranges
    (f"ce {ROWS} --labels 0,1 --weight 1,nan -q", 0, "the loss of row [1] is nan"),
    ("bce --probs .1,1.5 --labels 0,1", 3, "probs[1] is 1.5|between 0 and 1"),
    ("bce --probs .1,-.5 --labels 0,1", 3, "probs[1] is -0.5|between 0 and 1"),
    ("bce --probs .1,nan --labels 0,1", 3, "probs[1] is nan"),
    (f"ce {TWO} --labels .5,.5 --ignore-index 0", 2, "--ignore-index 0 has no meaning for class probabilities"),
    ("soft-margin --logits 1,2 --labels 0,1", 3, "labels holds only 0 and 1|a label is -1 or 1"),
    ("margin-ranking --input1 1,2 --input2 1,2,3 --labels 1,1", 3, "input2|(3)|does not broadcast|input1 (2)"),
    ("triplet --anchor 1,2 --positive 1,2 --negative 1,2,3", 3, "negative|(3)|--anchor (2) and --positive (2)"),
    (
        "poisson-nll --input 1,-1 --target 1,1 --no-log-input",
        3,
        "input[1] is -1|a rate is 0 or more|leave --log-input on",
    ),
    (f"ce {TWO} --label 0 --label-smoothing 1.5", 2, "--label-smoothing is 1.5|between 0 and 1"),
    (f"ce {TWO} --label 0 --label-smoothing -0.1", 2, "--label-smoothing is -0.1|between 0 and 1"),
    (f"ce {TWO} --label 0 --label-smoothing nan", 2, "--label-smoothing|nan|a number"),
    (f"ce {TWO} --label 0 --label-smoothing x", 2, "--label-smoothing|'x'|a number"),
    (f"ce {TWO} --label 0 --label-smoothing 1e400", 2, "1e400|beyond float64"),
    (f"ce {TWO} --label 0 --ignore-index 0.5", 2, "--ignore-index is '0.5'|a whole number"),
    (f"ce {TWO} --label 0 --ignore-index inf", 2, "--ignore-index is 'inf'|a whole number"),
    (f"ce {TWO} --label 0 --ignore-index 1{'0' * 400}", 2, "beyond float64"),
    (f"ce {TWO} --label 0 --ignore-index 1e30 --json", 2, "--ignore-index is '1e30'|a whole number of at most 63 bits"),
    (f"ce {TWO} --label 0 --reduction avg", 2, "avg|mean|sum|none"),
    # the command line itself
    ("ce --logit 1,2 --lable 0", 2, "--lable|--label"),
    (f"ce {TWO}", 2, "--labels is missing. For example: losscli ce --logits"),
    ("ce --label 1", 2, "--logits is missing. For example: losscli ce --logits"),
    (f"ce {TWO} --label 1 --label 0", 2, "--label|given twice"),
    (f"ce {TWO} --label 1 --labels 1", 2, "--labels or --label|given twice"),
    (f"ce {TWO} {ROWS} --label 1", 2, "--logits|given twice"),
    (f"ce {TWO} --label 1 --digits 3 --digits 4", 2, "--digits|given twice"),
    (f"ce {TWO} --label 1 -q --json", 2, "one format at a time|json and value"),
    (f"ce {TWO} --label 1 --format xml", 2, "xml"),
    (f"ce {TWO} --label 1 --digits 99", 2, "99"),
    (f"ce {TWO} --label 1 --digits -1", 2, "-1"),
    (f"ce {TWO} --label 1 --max-rows x", 2, "x"),
    (f"ce {TWO} --label 1 --threads 0", 2, "0"),
    (f"ce {TWO} --label 1 --threads 1000000", 2, "1000000"),
    (f"ce {TWO} --label 1 --max-size 4x", 2, "--max-size|'4x'|500M or 8G"),
    (f"ce {TWO} --label 1 --on-error go", 2, "go|stop|skip"),
    ("ce --logits - --label -", 2, "standard input can be read once"),
    ("ce - --logits -", 2, "standard input can be read once"),
    # checks
    (f"ce {TWO} --label 1 -q --expect 0.3132616875182228", 0, ""),
    (f"ce {TWO} --label 1 -q --expect 0.31326 --atol 1e-5", 0, ""),
    (f"ce {TWO} --label 1 -q --expect 0.31326 --rtol 1e-4", 0, ""),
    (f"ce {TWO} --label 1 -q --max 0.4 --fail-on nonfinite", 0, ""),
    (
        f"ce {TWO} --label 1 -q --expect 0.31326",
        1,
        "the loss is 0.3132616875182228|0.31326 was expected|off by 1.69e-06",
    ),
    (f"ce {TWO} --label 1 -q --expect 0.5 --rtol .1", 1, "0.5 was expected|with 0.05 allowed"),
    (f"ce {TWO} --label 1 -q --expect nan", 1, "but nan was expected."),
    (f"ce {TWO} --label 1 -q --max 0.3", 1, "0.0132616875182228|above the 0.3 of --max"),
    (f"ce {ROWS} --labels 0,1 -q --reduction none --max 0.4", 1, "number 0 is 1.3132616875182228|0.4 of --max"),
    (f"ce {ROWS} --labels 0,1 -q --reduction none --expect 1,2,3", 1, "3 numbers|2 came out"),
    (f"ce {ROWS} --labels 0,1 -q --reduction none --expect 1.3132616875182228,2", 1, "number 1 is|2 was expected"),
    ("softmax --logits 0,0 -q --expect .5", 0, ""),
    ("softmax --logits 0,0 -q --expect .5,.6", 1, "number 1 is 0.5|0.6 was expected"),
    ("ce --logits 0,-inf --label 1 -q --fail-on nonfinite", 1, "the loss is inf"),
    ("ce --logits 0,-inf --label 1 -q --max 1e308", 1, "the loss is inf, which is not below the 1e+308 of --max"),
    ("ce --logits 0,nan --label 1 -q --max 1e308", 1, "the loss is nan|which is not below"),
    ("ce --logits 0,1 --label -100 -q --fail-on nonfinite", 1, "the only row is ignored"),
    ("log-softmax --logits 0,-inf -q --fail-on nonfinite", 1, "the loss is -inf"),
    (f"ce {TWO} --label 1 --expect x", 2, "--expect|'x'"),
    (f"ce {TWO} --label 1 --max x", 2, "--max|'x'|a number"),
    (f"ce {TWO} --label 1 --expect 1 --rtol -1", 2, "--rtol|is -1|0 or more"),
    (f"ce {TWO} --label 1 --rtol 1", 2, "--rtol and --atol belong to --expect"),
    (f"ce {TWO} --label 1 --fail-on nan", 2, "nonfinite"),
    # warnings: legal, so exit 0; --strict makes each an error
    ("ce --logits .1,.9 --label 1 -q", 0, "warning: --logits look like probabilities|softmax taken twice"),
    ("ce --logits .1,.9 --label 1 -q --strict", 3, "logits look like probabilities|a warning without --strict"),
    ("ce --logits '.1,.9; 1,0' --labels 1,0 -q", 0, "logits look like probabilities"),
    ("ce --logits '.1,.9; 1,1' --labels 1,0 -q", 0, ""),
    ("ce --logits '.1,.9; 1,1' --labels 1,-100 -q", 0, "logits look like probabilities"),
    ("nll --log-probs 1,2 --label 1 -q", 0, "--log-probs holds 2|at most 0|log-softmax"),
    ("nll --log-probs .1,.9 --label 1 -q", 0, "--log-probs holds probabilities|logarithms"),
    ("nll --log-probs -1,-2 --label 1 -q", 0, "does not normalise|0.503215"),
    ("nll --log-probs '-0.6931,-0.6931; -3,-3' --labels 1,0 -q", 0, "--log-probs[1]|does not normalise"),
    ("nll --log-probs '-0.6931,-0.6931; 3,3' --labels 1,-100 -q", 0, ""),
    ("nll --log-probs -1,-2 --label 1 -q --strict", 3, "does not normalise"),
    ("bce-logits --logits 1,2 --labels 0,2 -q", 0, "labels[1] holds 2|between 0 and 1"),
    ("bce-logits --logits 1,2 --labels -1,1 -q --strict", 3, "labels[0] holds -1|between 0 and 1"),
    ("multilabel-soft-margin --logits 1,2 --labels 0,2 -q", 0, "holds 2|between 0 and 1"),
    ("ce --logits 3,1 --labels .5,.6 -q", 0, "sums to 1.1|sum to 1"),
    ("ce --logits 3,1 --labels .33,.66 -q", 0, ""),
    ("ce --logits 3,1 --labels .5,.6 -q --strict", 3, "sums to 1.1"),
    ("ce --logits 3,1 --label -100 -q", 0, "the only row is ignored|NaN"),
    ("ce --logits 3,1 --label -100 -q --strict", 3, "the only row is ignored"),
    ("ce --logits 3,1 --label 0 --weight 0,1 -q", 0, "weights of all rows are 0|NaN"),
    ("ce --logits '3,1; 0,-inf' --labels 0,1 -q", 0, "the loss of row [1] is inf"),
    ("ce --logits '3,1; 0,nan' --labels 0,1 -q --strict", 3, "the loss of row [1] is nan"),
    ("ce --logits '1e308,-1e308; 1e308,-1e308' --labels 1,1 -q --reduction sum", 0, "inf"),
    ("ce --logits [[[1,2],[3,4]],[[1,2],[3,4]]] --labels [[0,1],[0,1]] -q", 0, "axis|--class-axis"),
    ("ce --logits [[[1,2],[3,4]],[[1,2],[3,4]]] --labels [[0,1],[0,1]] -q --strict", 3, "--class-axis"),
]

# One or more documents on standard input: what is typed, the text, the exit code, the words.
STREAMS: list[tuple[str, str | bytes, int, str]] = [
    ("ce", "", 3, "the input is empty"),
    ("ce", "\n \r\n\n", 3, "the input is empty"),
    ("ce", "[]", 3, "the input is empty"),
    ("ce", "[1, 2]", 3, "found an array|an object such as"),
    ("ce", "5", 3, "found 5|an object"),
    ("ce", '"x"', 3, "found 'x'|an object"),
    ("ce", "null", 3, "found null|an object"),
    ("ce", "nonsense", 3, "standard input|not JSON|column 1"),
    (
        "ce",
        "{}",
        3,
        "standard input:1|logits and labels are missing|--logits and --labels|--logits-key and --labels-key",
    ),
    ("ce", '{"logits": [1, 2]}', 3, "standard input:1|labels is missing"),
    ("ce", '{"logits": [1, 2], "label": null}', 3, "label is missing"),
    ("ce", '{"logits": [1, 2], "label": 0', 3, "not JSON"),
    ("ce", '{"logits": [1, 2], "label": 0}\n{"logits": [1, 2]', 3, "standard input:2|not JSON|cut off"),
    ("ce", '{"logits": [1, 2], "label": 0} {"logits": [1, 2], "label": 0}', 3, ":1|a second value begins at column 32"),
    ("ce", '{\n "logits": [1, 2],\n "label": 5\n}', 3, "standard input|is 5"),
    ("ce", '{\n "logits": [1, 2],\n "label": 0,\n}', 3, "not JSON|line 4 column 1"),
    ("ce", '{\n "label": 0}\n{\n "label": 0}', 3, "a second value begins at line 3 column 1|one document a line"),
    ("ce", '[{"logits": [1, 2], "label": 0}, 5]', 3, "standard input[1]|found 5"),
    ("ce", '[{"logits": [1, 2], "label": 0}, {"logits": [1, 2], "label": 7}]', 3, "standard input[1]|is 7"),
    ("ce", '\n\n{"logits": [1, 2], "label": 9}', 3, "standard input:3|is 9"),
    ("ce", '{"logits": [1, "x"], "label": 0}', 3, "logits[1] is the text 'x'"),
    ("ce", '{"logits": [1, "2"], "label": 0}', 3, "without quotes"),
    ("ce", '{"logits": [1, null], "label": 0}', 3, "logits[1] is null"),
    ("ce", '{"logits": [1, true], "label": 0}', 3, "logits[1] is true|Write 1 and 0"),
    ("ce", '{"logits": [1, {"a": 2}], "label": 0}', 3, "logits[1] is an object"),
    ("ce", '{"logits": [[1, 2], [3]], "label": 0}', 3, "logits[1] has 1 number|logits[0] has 2 numbers"),
    ("ce", '{"logits": [1, 2], "label": 0, "weight": true}', 3, "is true"),
    ("ce", '{"logits": [1, 2], "label": {"y": 1}}', 3, "is an object"),
    ("ce", '{"logits": [1, 2], "label": "cat"}', 3, "'cat'"),
    ("ce", '{"logits": [1, 2], "label": "cat", "class_names": ["dog", "bird"]}', 3, "'cat'|'dog', 'bird'"),
    ("ce", '{"logits": [1, 2], "label": 0, "class_names": 5}', 3, "class_names is 5|a list of texts"),
    ("ce", '{"logits": [1, 2], "label": 0, "class_names": [1, 2]}', 3, "class_names|a list of texts"),
    (
        "ce",
        '{"logits": [1, 2], "label": 0, "reduction": "avg"}',
        3,
        "standard input:1|reduction is 'avg'|mean, sum, none",
    ),
    ("ce", '{"logits": [1, 2], "label": 0, "reduction": []}', 3, "reduction is an array"),
    ("ce", '{"logits": [1, 2], "label": 0, "class_axis": "x"}', 3, "class_axis is 'x'|a whole number"),
    ("ce", '{"logits": [1, 2], "label": 0, "class_axis": 7}', 3, "class_axis is 7|(2)"),
    ("ce", '{"logits": [1, 2], "label": 0, "label_smoothing": 2}', 3, "label_smoothing is 2|between 0 and 1"),
    ("ce", '{"logits": [1, 2], "label": 0, "label_smoothing": "a"}', 3, "label_smoothing|'a'|a number"),
    ("ce", '{"logits": [1, 2], "label": 0, "ignore_index": true}', 3, "ignore_index is true|a whole number"),
    ("ce", '{"logits": [1, 2], "label": 0, "id": [1]}', 3, "id is an array|a text or a number"),
    ("ce", '{"logits": [1, 2], "label": 0, "wieght": [1, 1]}', 3, "'wieght'|Did you mean 'weight'"),
    ("ce", '{"logits": [1, 2], "label": 0, "labels": 0}', 3, "'label'|'labels'|the same parameter"),
    ("ce", '{"logits": [1, 2], "input": [1, 2], "label": 0}', 3, "'logits'|'input'|the same parameter"),
    ("ce", '{"logits": [1, 2], "label": 0, "label": 1}', 3, "'label' occurs twice"),
    ("ce", '{"logits": [1, 2], "label": 0, "id": "a:b", "label": 1}', 3, "'label' occurs twice"),
    ("ce", '{"label": 0, "\\u006cabel": 1, "logits": [1, 2]}', 3, "'label' occurs twice"),
    ("ce", '{"id": "\\u003a", "id": 1, "logits": [1, 2], "label": 0}', 3, "'id' occurs twice"),
    ("ce", '[{"logits": [1, 2], "label": 0, "label": 1}]', 3, "'label' occurs twice"),
    ("ce", '{"logits": [1e400, 2], "label": 0}', 3, "1e400|beyond float64"),
    ("ce", '{"logits": [1' + "0" * 400 + ', 2], "label": 0}', 3, "beyond float64"),
    ("ce", '{"logits": [NaN, 1' + "0" * 5000 + '], "label": 0}', 3, "beyond float64"),
    ("ce", '{"logits": [1, 2], "label": 100000000000000000000000000000}', 3, "at most 63 bits"),
    ("ce", '{"logits": [nan, 2], "label": 0}', 3, "not JSON|NaN, Infinity and -Infinity"),
    ("ce", "{'logits': [1, 2], 'label': 0}", 3, "double quotes"),
    ("ce", '{"logits": ["NaN", "x"], "label": 0}', 3, "logits[1] is the text 'x'"),
    ("ce", '{"logits": ' + "[" * 100_000 + "]" * 100_000 + ', "label": 0}', 3, "nested too deep"),
    ("ce", '{"logits": ' + "[" * 800 + "1" + "]" * 800 + ', "label": 0}', 3, "nested more than 32 deep"),
    ("ce", '{"a": ' * 100_000, 3, "nested too deep"),
    ("ce", '{"logits": [1, true, ' + "[" * 995 + "]" * 995 + '], "label": 0}', 3, "is true"),
    ("ce", b'\xff\xfe{\x00"\x00', 3, "UTF-8|UTF-16|iconv"),
    ("ce", '{"logits": [1, 2], "label": 0}'.encode("utf-16"), 3, "UTF-16|iconv"),
    ("ce", '{"logits": [1, 2], "label": 0}'.encode("utf-16-le"), 3, "not JSON"),
    ("ce", b'{"logits": [1, 2], "label": 0, "id": "\xff"}', 3, "byte 38 is not UTF-8"),
    ("ce", '{"logits": [1, 2], "label": 0, "id": "\\ud800"}', 3, "half a character"),
    ("ce", '{"logits": [1, 2], "label": 0, "id": "a\tb"}', 3, "not JSON: invalid control character at column 40"),
    ("ce", b"\x00" * 100, 3, "not JSON"),
    ("ce", b"\x93NUMPY", 3, "not UTF-8"),
    ("ce", '{"logits": [1, 2], "label": 0, "\\u001b[31mkey": 1, "label_smoothing": 9}', 3, "\\x1b[31mkey"),
    ("ce", '{"logits": [1, "\\u001b]0;x\\u0007"], "label": 0}', 3, "\\x1b]0;x"),
    ("ce", '{"logits": [1, "\\u202e"], "label": 0}', 3, "\\u202e"),
    ("ce", '{"logits": [1, 2], "label": 0, "' + "k" * 100_000 + '": 1, "weight": 1}', 3, "kkk...kkk"),
    (
        "ce --logits-key a",
        '{"logits": [1, 2], "label": 0}',
        3,
        "'a' of --logits-key is not in|keys are 'logits', 'label'",
    ),
    ("ce - --label 0 --logits-key a", "{}", 3, "'a' of --logits-key is not in|It is empty"),
    ("ce --label-smoothing 7", '{"logits": [1, 2], "label": 0}', 2, "--label-smoothing is 7|between 0 and 1"),
    ("ce - --reduction sum --label 3", '{"logits": [1, 2]}', 3, "standard input:1|is 3"),
    ("ce --logits - --label 0", "", 3, "standard input|empty"),
    ("ce --logits - --label 0", "1,x", 3, "standard input|logits[1]|'x'"),
    ("ce --logits - --label 0", b"\xff\xfe1\x00", 3, "UTF-16"),
    ("ce --logits - --label 0", npy([1.0, 2.0])[:-1], 3, "promises 16 bytes|15 follow|cut off"),
    ("ce --logits - --label 0", "[1, 2", 3, "standard input|not JSON"),
    (
        "ce",
        '{"logits": [1, 2], "label": 0}\n{"logits": [1, 2], "label": 0, "reduction": "sum"}',
        3,
        ":2|sum|mean|jsonl",
    ),
    # what must be read
    ("ce -q", "\ufeff" + '{"logits": [1, 2], "label": 0}', 0, ""),
    ("ce -q", '{"logits": [1, 2], "label": 0}\r\n\r\n{"logits": [1, 2], "label": 0}\r\n', 0, ""),
    ("ce -q", '{"logits": [1, 2], "label": 0, "id": "a:b"}', 0, ""),
    ("ce -q", '{"logits": [1, 2], "label": 0, "id": "a\\u003ab"}', 0, ""),
    ("ce -q", '{\n  "logits": [1, 2],\n  "label": 0\n}\n', 0, ""),
    ("ce -q", '{"logits": [1, 2], "label": 0, "note": 5}', 0, "warning|:1|'note' is not a parameter|--logits-key"),
    ("ce -q", '{"logits": [100000000000000000000000000000, 2], "label": 0}', 0, ""),
    ("ce -q", '{"logits": ["-Infinity", 2], "label": 1}', 0, ""),
    ("ce -q", '{"logits": [-Infinity, 2], "label": 1}', 0, ""),
    ("ce -q", '{"logits": [1, 2], "label": -100}', 0, ":1|the only row is ignored"),
    (
        "ce -q",
        '{"logits": [1, 2], "label": 0}\n{"logits": [1, -Infinity], "label": 1}',
        0,
        "standard input:2|the loss is inf",
    ),
    ("ce --format jsonl", '{"logits": [1, 2], "label": -100}\n{"logits": [1, 2], "label": 0}', 0, ":1|ignored"),
    ("ce -q --strict", '{"logits": [3, 1], "label": 0}\n{"logits": [0.25, 0.75], "label": 1}', 3, ":2|look like prob"),
    # true and false are no numbers, wherever they stand in a stream
    *(
        (command, line(first) + line(second), 3, f":{1 + (first is not wrong)}|{wrong}")
        for wrong, number in [("false", "0"), ("true", "1")]
        for command, line in [
            ("ce", '{{"logits": [1, 2], "label": 0, "label_smoothing": {}}}\n'.format),
            ("ce", '{{"logits": [1, 2], "label": 1, "ignore_index": {}}}\n'.format),
            ("mse", '{{"input": {}, "target": 0.5}}\n'.format),
            ("bce-logits", '{{"logits": 1, "labels": 0, "pos_weight": {}}}\n'.format),
        ]
        for first, second in [(number, wrong), (wrong, number)]
    ),
    # wrong documents skipped
    (
        "ce -q --on-error skip",
        '{"logits": [1, 2], "label": 0}\nx\n{"logits": [1, 2], "label": 5}',
        3,
        ":2|not JSON|:3|is 5|2 doc",
    ),
    ("ce -q --on-error skip", "x\ny", 3, ":1|:2|2 documents were left out"),
    ("ce -q --on-error skip", '{"logits": [1, 2], "label": 0}', 0, ""),
    ("ce -q --on-error skip --strict", '{"logits": [0.25, 0.75], "label": 0}', 3, "look like|1 document was left out"),
    (
        "ce -q --on-error skip",
        '[{"logits": [1, 2], "label": 0}, {"logits": [1, true], "label": 0}, {"logits": [1, false], "label": 0}]',
        3,
        "[1]: logits[1] is true|[2]: logits[1] is false|2 documents were left out",
    ),
    ("ce -q --on-error skip", '[{"logits": [1, 2], "label": 0}, 5]', 3, "[1]|found 5|1 document was left out"),
]

# Files: what is typed, what the files hold, the exit code, the words.
FILES: list[tuple[str, Files, int, str]] = [
    ("ce gone.jsonl", {}, 4, "gone.jsonl|No such file"),
    ("ce --logits @gone.npy --label 0", {}, 4, "gone.npy|No such file"),
    ("ce folder.jsonl", {"folder.jsonl/x": b""}, 4, "folder.jsonl|a directory"),
    ("ce x.parquet", {"x.parquet": b""}, 2, "x.parquet|.parquet is not known|.jsonl"),
    ("ce x", {"x": b""}, 2, "(none) is not known"),
    ("ce x.gz", {"x.gz": b""}, 2, "(none) is not known"),
    ("ce x.npy", {"x.npy": b""}, 2, ".npy is not known for a document|.npz"),
    ("ce --logits @x.npz --label 0", {"x.npz": b""}, 2, ".npz is not known for one array|.npy"),
    ("ce --logits @ --label 0", {}, 2, "(none)"),
    ("ce x.pt", {"x.pt": b""}, 2, "pickle|any code|numpy.savez"),
    ("ce x.pkl.gz", {"x.pkl.gz": b""}, 2, "pickle|numpy.savez"),
    ("ce --logits @x.pth --label 0", {"x.pth": b""}, 2, "pickle|numpy.savez"),
    ("ce x.json", {"x.json": b""}, 3, "x.json|empty"),
    ("ce x.json", {"x.json": b"  \n"}, 3, "x.json|empty"),
    ("ce x.jsonl", {"x.jsonl": b""}, 3, "the input is empty"),
    ("ce x.jsonl", {"x.jsonl": b"[5]"}, 3, "x.jsonl:1|found an array"),  # found by the fuzzer
    ("ce x.jsonl", {"x.jsonl": b'{\n"logits": [1, 2]}'}, 3, "x.jsonl:1|not JSON|cut off|many lines|.json"),
    ("ce a.jsonl b.jsonl", {"a.jsonl": b'{"logits": [1, 2], "label": 0}', "b.jsonl": b"x"}, 3, "b.jsonl:1|not JSON"),
    ("ce x.csv", {"x.csv": b""}, 3, "x.csv|empty|a header"),
    ("ce x.csv", {"x.csv": b"1,2\n3,4\n"}, 3, "x.csv|the first line holds numbers"),
    ("ce x.csv", {"x.csv": b"label,a,a\n0,1,2\n"}, 3, "x.csv:1|two columns are named 'a'"),
    ("ce x.csv", {"x.csv": CSV + b"0,1\n"}, 3, "x.csv:4|2 cells|the header names 3"),
    ("ce x.csv", {"x.csv": CSV + b"0,1,x\n"}, 3, "x.csv:4|'dog'|'x'|a number"),
    ("ce x.csv", {"x.csv": CSV + b"0,,1\n"}, 3, "x.csv:4|'cat'|an empty cell"),
    ("ce x.csv", {"x.csv": CSV + b"0,1e400,1\n"}, 3, "x.csv:4|1e400|beyond float64"),
    ("ce x.csv", {"x.csv": CSV + b"9,1,1\n"}, 3, "x.csv: label[2] is 9"),
    ("ce x.csv", {"x.csv": CSV + b"\xff,1,1\n"}, 3, "x.csv:4|UTF-8"),
    ("ce x.csv", {"x.csv": CSV.decode().encode("utf-16")}, 3, "x.csv:1|UTF-16"),
    ("ce x.csv", {"x.csv": CSV + b'"0,1,1\n'}, 3, "x.csv:4|not CSV"),
    ("ce x.csv", {"x.csv": b"label,cat,dog\n"}, 3, "x.csv|a header and no rows"),
    # a column that is no class, or may be none
    ("ce x.csv -q --expect 0.8132616875182228", {"x.csv": b",label,a,b\n0,0,1,2\n1,1,1,2\n"}, 0, NO_NAME),
    ("ce x.csv -q --expect 0.8132616875182228", {"x.csv": b"Unnamed: 0,label,a,b\n0,0,1,2\n1,1,1,2\n"}, 0, NO_NAME),
    ("ce x.csv -q --strict", {"x.csv": b",label,a,b\n0,0,1,2\n"}, 3, NO_NAME),
    (
        "ce x.csv -q",
        {"x.csv": b"epoch,label,a,b,sample_id\n0,0,1,2,4\n"},
        0,
        "taken for a class: 'epoch', 'sample_id'|--logits-key a,b",
    ),
    (
        "ce x.csv -q --logits-key a,b --expect 1.3132616875182228",
        {"x.csv": b"epoch,label,a,b,note\n0,0,1,2,x\n"},
        0,
        "",
    ),
    ("ce x.csv --logits-key a,c", {"x.csv": b"label,a,b\n0,1,2\n"}, 3, "'a,c' of --logits-key|'label', 'a', 'b'"),
    ("ce x.csv --labels-key y", {"x.csv": b"label,a,b\n0,1,2\n"}, 3, "'y' of --labels-key is not in the table"),
    ("ce x.csv", {"x.csv": b"label,cat,dog\n0,NA,1\n1,2,3\n"}, 3, "x.csv:2|'cat' holds 'NA'|a number|--logits-key"),
    ("ce x.csv", {"x.csv": b"label,cat,dog\n0,,1\n1,2,3\n"}, 3, "x.csv:2|'cat' holds an empty cell"),
    ("ce x.csv", {"x.csv": b"label,cat,dog\ncat,5,1\n1,2,3\n"}, 3, "x.csv:2|'label' holds 'cat'"),
    (
        "ce x.csv -q",
        {"x.csv": b"id,label,cat,dog,note\na,0,1,5,x\n7,1,2,3,\n"},
        0,
        "left out: the column 'id'; the column 'note', which holds no numbers|classes are 'cat', 'dog'",
    ),
    ("mse x.csv -q", {"x.csv": b"epoch,input,target\n0,1,2\n"}, 0, "left out: the column 'epoch'"),
    (
        "ce x.csv",
        {"x.csv": b"label,cat,dog,weight\n0,1,1,1\n1,2,3,3\n"},
        3,
        "x.csv:1|'weight' has a number for each row, but weight does not belong to rows|--weight",
    ),
    ("ce x.csv -q --weight 1,2", {"x.csv": b"label,cat,dog,weight\n0,1,5,1\n1,2,3,3\n"}, 0, ""),
    ("ce x.csv", {"x.csv": b"cat,dog\n1,2\n"}, 3, "x.csv|labels is missing"),
    ("ce --logits @x.csv --label 0", {"x.csv": b""}, 3, "x.csv|empty"),
    ("ce --logits @x.csv --label 0", {"x.csv": b"a,b\n"}, 3, "x.csv|empty"),
    ("ce --logits @x.csv --label 0", {"x.csv": b"1,2\n3\n"}, 3, "x.csv:2|1 cell,|the first row has 2"),
    ("ce --logits @x.csv --label 0", {"x.csv": b"1,x\n"}, 3, "x.csv:1|cell 2 is 'x'"),
    ("ce --logits @x.txt --label 0", {"x.txt": b""}, 3, "x.txt|empty"),
    ("ce --logits @x.txt --label 0", {"x.txt": b"1 2\n3 x\n"}, 3, "x.txt|logits[1][1]|'x'"),
    ("ce --logits @x.json --label 0", {"x.json": b"{}"}, 3, "x.json|logits is an object"),
    ("ce --logits @x.npy --label 0", {"x.npy": b""}, 3, "x.npy|not a .npy file|cut off"),
    (
        "ce --logits @x.npy --label 0",
        {"x.npy": b"hello, this is text"},
        3,
        "x.npy|not a .npy file|begins with b'hello,'",
    ),
    ("ce --logits @x.npy --label 0", {"x.npy": npy([1.0, 2.0])[:-1]}, 3, "promises 16 bytes|(2,)|15 follow|cut off"),
    (
        "ce --logits @x.npy --label 0",
        {"x.npy": promising("(1000000000000000000,)")},
        3,
        "promises 8,000,000,000,000,000,000 bytes|16 follow",
    ),
    ("ce --logits @x.npy --label 0", {"x.npy": promising("(10**18,)")}, 3, "not a .npy file"),
    ("ce --logits @x.npy --label 0", {"x.npy": promising("(True, 2)")}, 3, "no array has the shape (True, 2)"),
    ("ce --logits @x.npy --label 0", {"x.npy": promising("(0, 2**62)")}, 3, "not a .npy file"),
    ("ce --logits @x.npy --label 0", {"x.npy": promising(f"(0, {2**62})")}, 3, "no array has the shape"),
    ("ce --logits @x.npy --label 0", {"x.npy": promising("(-2,)")}, 3, "no array has the shape (-2,)"),
    ("ce --logits @x.npy --label 0", {"x.npy": promising("(-2, -1)")}, 3, "no array has the shape"),
    ("ce --logits @x.npy --label 0", {"x.npy": promising("(0, 99999999999999999999)")}, 3, "no array has the shape"),
    ("ce --logits @x.npy --label 0", {"x.npy": promising("(0, 0)")}, 3, "logits has no classes"),
    ("ce --logits @x.npy --label 0", {"x.npy": promising("(" + "1, " * 40 + ")")}, 3, "no array has the shape"),
    ("ce --logits @x.npy --label 0", {"x.npy": promising("(2,)", "<c16")}, 3, "complex128|real numbers"),
    ("ce --logits @x.npy --label 0", {"x.npy": promising("(2,)", "<M8[s]")}, 3, "datetime64|real numbers"),
    ("ce --logits @x.npy --label 0", {"x.npy": promising("(2,)", "|V8")}, 3, "real numbers"),
    ("ce --logits @x.npy --label 0", {"x.npy": promising("(2,)", "nonsense")}, 3, "not a .npy file"),
    ("ce --logits @x.npy --label 0", {"x.npy": npy(["a", "b"])}, 3, "logits|numbers were expected"),
    ("ce --logits @x.npy --label 0", {"x.npy": npy([1, "a"], allow_pickle=True)}, 3, "logits|numbers were expected"),
    (
        "ce --logits @x.npy --label 0",
        {"x.npy": npy([1, None], allow_pickle=True)},
        3,
        "Python objects|pickle|any code|numpy.save",
    ),
    ("ce --logits @x.npy --label 0", {"x.npy": npy_header("{'descr': '<f8'")}, 3, "not a .npy file"),
    ("ce --logits @x.npy --label 0", {"x.npy": npy_header("__import__('os').system('x')")}, 3, "not a .npy file"),
    ("ce --logits @x.npy --label 0", {"x.npy": npy_header("(" * 5000)}, 3, "not a .npy file"),
    ("ce --logits @x.npy --label 0", {"x.npy": npy_header("{}", version=b"\7\0")}, 3, "version 7.0"),
    ("ce --logits @x.npy --label 0", {"x.npy": npy_header("{}", version=b"\3\0")}, 3, "version 3.0"),
    ("ce --logits @x.npy --label 0 -q", {"x.npy": npy(np.array([1, np.inf], np.float16))}, 0, "logits|float16|65504"),
    ("ce --logits @x.npy --label 0 -q --strict", {"x.npy": npy(np.array([1, np.inf], np.float16))}, 3, "float16|65504"),
    (
        "ce --logits 1,2 --label 0 --weight @w.npy -q",
        {"w.npy": npy(np.array([1, np.inf], np.float16))},
        0,
        "weight[1]|float16|65504",
    ),
    ("ce --logits @x.npy --label 0 -q", {"x.npy": npy(np.array([1, 2], ">f4"))}, 0, ""),
    ("ce x.npz", {"x.npz": b""}, 3, "x.npz|not a whole .npz file"),
    ("ce x.npz", {"x.npz": b"PK\3\4 this is not an archive"}, 3, "x.npz|not a whole .npz file"),
    ("ce x.npz", {"x.npz": npz(logits=[1.0, 2.0], label=0)[:-30]}, 3, "x.npz|not a whole .npz file"),
    ("ce x.npz", {"x.npz": npz(logits=[1.0, 2.0])}, 3, "x.npz|labels is missing"),
    (
        "ce --logits 1,2,3;4,5,6 --labels @x.npy",
        {"x.npy": npy(np.array([0, 2], np.uint8).view(bool))},
        3,
        "labels holds booleans that are neither 0 nor 1. Is the file damaged?",
    ),
    ("ce --logits 3,2;4,5 --labels @x.npy -q", {"x.npy": npy([True, False])}, 0, ""),
    *(
        (
            f"{loss} --logits @x.npy {labels} -q",
            {"x.npy": npy(np.array([[1, 2], [3, np.inf]], form))},
            0,
            f"{at} is inf in float16|65504",
        )
        for form in ("<f2", ">f2")
        for loss, labels, at in (
            ("ce", "--labels 0,0", "logits[1]"),
            ("lovasz-hinge", "--labels 0,1;1,0", "logits[1, 1]"),
        )
    ),
    ("ce x.npz", {"x.npz": npz(logits=[1.0, 2.0], label=0, id=[1, 2])}, 3, "id is an array|a text or a number"),
    ("ce --logits @x.npy --label 0", {"x.npy": npy(WIDE)}, 3, "logits holds a number that is beyond float64"),
    *(("ce x.npz", {"x.npz": damaged(pack)}, 3, "x.npz|not a whole .npz file") for pack in (8, 12, 14)),
    ("ce x.npz", {"x.npz": npz(id=b"a")}, 3, "x.npz (id.npy)|real numbers"),
    (
        "ce x.npz",
        {"x.npz": npz(logits=[1.0, 2.0], label=0).replace(TWO_F64, TWO_F64[:-1] + b"\x41")},
        3,
        "(logits.npy)|CRC",
    ),
    # found by the property tests
    (
        "ce x.npz",
        {"x.npz": zipped(("id.npy", promising("()", "<U1", b"\0\0\0\x80")))},
        3,
        "(id.npy)|invalid characters",
    ),
    ("ce x.npz", {"x.npz": npz(logits=[1.0, 2.0], label=5)}, 3, "x.npz|is 5"),
    (
        "ce x.npz",
        {"x.npz": zipped(("logits.npy", npy([1.0])), ("logits.npy", npy([2.0])))},
        3,
        "two arrays are named 'logits'",
    ),
    (
        "ce x.npz",
        {"x.npz": zipped(("logits", npy([1.0])), ("logits.npy", npy([2.0])))},
        3,
        "two arrays are named 'logits'",
    ),
    ("ce x.npz", {"x.npz": zipped(("logits.npy", b"text"))}, 3, "x.npz (logits.npy)|not a .npy file"),
    ("ce x.npz", {"x.npz": zipped(("logits.npy", b"text"), pack=0)}, 3, "x.npz (logits.npy)|not a .npy file"),
    (
        "ce x.npz",
        {"x.npz": zipped(("logits.npy", npy([1.0, 2.0])[:-1]))},
        3,
        "(logits.npy)|promises 16 bytes|15 follow",
    ),
    ("ce x.npz", {"x.npz": zipped(("logits.npy", npy([1.0, 2.0])[:-1]), pack=0)}, 3, "promises 16 bytes|15 follow"),
    ("ce x.npz", {"x.npz": zipped(("logits.npy", npy([1, None], allow_pickle=True)))}, 3, "Python objects|pickle"),
    (
        "ce x.npz --max-size 1K",
        {"x.npz": npz(np.savez_compressed, logits=np.zeros(1000))},
        3,
        "x.npz|unpacks to more than 1,024 bytes|--max-size",
    ),
    ("ce x.npz -q", {"x.npz": npz(logits=[1.0, 2.0], label=0, reduction="sum", id="a")}, 0, ""),
    (
        "ce --logits @x.npy.gz --label 0 --max-size 1K",
        {"x.npy.gz": gzip.compress(npy(np.zeros(1000)))},
        3,
        "unpacks to more than 1,024 bytes",
    ),
    (
        "ce --logits @x.txt.gz --label 0 --max-size 1K",
        {"x.txt.gz": gzip.compress(npy(np.zeros(1000)))},
        3,
        "unpacks to more than 1,024 bytes",
    ),
    ("ce --logits @x.npy.gz --label 0", {"x.npy.gz": b"text"}, 3, "x.npy.gz|not a whole gzip file"),
    ("ce x.jsonl.gz", {"x.jsonl.gz": b"text"}, 3, "x.jsonl.gz|not a whole gzip file"),
    (
        "ce x.jsonl.gz",
        {"x.jsonl.gz": gzip.compress(b'{"logits": [1, 2], "label": 0}\n' * 99)[:-1]},
        3,
        "not a whole gzip file|ended before",
    ),
    ("ce x.json --max-size 1K", {"x.json": b" " * 100}, 3, "a text of more than 64 bytes|--max-size"),
    (
        "ce x.jsonl --max-size 1K",
        {"x.jsonl": b"\n" + b" " * 100},
        3,
        "x.jsonl:2|a line of more than 64 bytes|--max-size",
    ),
    ("ce x.csv --max-size 1K", {"x.csv": CSV + b"0,1,2\n" * 9}, 3, "a table of more than 64 bytes|--max-size"),
    ("ce x.safetensors", {"x.safetensors": b""}, 3, "not a .safetensors file|cut off"),
    ("ce x.safetensors", {"x.safetensors": b"some text here"}, 3, "not a .safetensors file"),
    (
        "ce x.safetensors",
        {"x.safetensors": tensors({}, length=10**18)},
        3,
        "a header of 1,000,000,000,000,000,000 bytes",
    ),
    ("ce x.safetensors", {"x.safetensors": tensors(b"{")}, 3, "not JSON"),
    ("ce x.safetensors", {"x.safetensors": tensors([])}, 3, "the header is not an object"),
    ("ce x.safetensors", {"x.safetensors": tensors({"logits": 5})}, 3, "(logits)|dtype, shape and data_offsets"),
    (
        "ce x.safetensors",
        {"x.safetensors": tensors({"logits": F64}, bytes(15))},
        3,
        "(logits)|promises 16 bytes|15 follow",
    ),
    (
        "ce x.safetensors",
        {"x.safetensors": tensors({"logits": F64 | {"dtype": "F4"}}, bytes(16))},
        3,
        "'F4' is not known",
    ),
    ("ce x.safetensors", {"x.safetensors": tensors({"logits": F64 | {"dtype": []}}, bytes(16))}, 3, "dtype, shape"),
    (
        "ce x.safetensors",
        {"x.safetensors": tensors({"logits": F64 | {"shape": [10**18]}}, bytes(16))},
        3,
        "promises 8,000,000,000,000,000,000 bytes",
    ),
    ("ce x.safetensors", {"x.safetensors": tensors({"logits": F64 | {"shape": [-2]}}, bytes(16))}, 3, "dtype, shape"),
    (
        "ce x.safetensors",
        {"x.safetensors": tensors({"logits": F64 | {"shape": [1]}}, bytes(16))},
        3,
        "16 bytes to the shape",
    ),
    (
        "ce x.safetensors",
        {"x.safetensors": tensors({"logits": F64 | {"data_offsets": [16, 0]}}, bytes(16))},
        3,
        "(logits)",
    ),
    ("ce x.safetensors", {"x.safetensors": tensors(b'{"logits": {}, "logits": {}}')}, 3, "'logits' occurs twice"),
    (
        "ce --on-error skip -q a.npz b.jsonl",
        {"a.npz": b"x", "b.jsonl": b'{"logits": [1, 2], "label": 0}'},
        3,
        "a.npz|1 document was left out",
    ),
    ("ce $'\\x1b[31m.jsonl'", {}, 4, "\\x1b[31m.jsonl|No such file"),
    ("ce $'a\\nlosscli: b.jsonl'", {}, 4, "a\\nlosscli"),
    ("ce '[red]x[/red].jsonl'", {}, 4, "[red]x[/red].jsonl"),
    ("ce -q --logits 1,2 --label 0 -o folder", {"folder/x": b""}, 4, "folder|a directory"),
    ("ce -q --logits 1,2 --label 0 -o gone/x", {}, 4, "gone/x|No such file"),
    ("ce -q --logits 1,2 --label 0 -o x/y", {"x": b""}, 4, "x/y|Not a directory"),
    ("ce -q --logits 1,2 --label 0 -o x/", {"x": b""}, 4, "x/|Not a directory"),
    ("ce -q --logits 1,2 --label 0 -o gone/", {}, 4, "gone/|a directory, but a file was expected"),
    ("ce -q --logits 1,2 --label 0 -o ''", {}, 4, "directory"),
]


def judge(line: str, found: Done, code: int, expected: str) -> None:
    err = found.stderr
    assert found.returncode == code, err
    for word in filter(None, expected.split("|")):
        assert word in err, err
    assert expected or not err, err
    assert "Traceback" not in err
    assert all(message.startswith("losscli: ") for message in err.splitlines()), "a message is one line"
    assert "`" not in err, "a parameter is spelt as the user knows it"
    assert all(c.isprintable() or c == "\n" for c in err)
    assert len(err) < 2000, "a message is a line, whatever the input"
    if code in (2, 4) or (code == 3 and "skip" not in line):
        assert found.stdout == ""


def told(value: Any) -> str:
    """A parameter in the name of a test; archives hold the time at which they are made, and a name must not."""
    if isinstance(value, dict):
        return " ".join(value)
    return f"{len(value)} bytes" if isinstance(value, bytes) else str(value)[:60]


@pytest.mark.parametrize(("line", "code", "expected"), ARGUMENTS, ids=told)
def test_arguments(line: str, code: int, expected: str) -> None:
    judge(line, run(*words(line)), code, expected)


@pytest.mark.parametrize(("line", "text", "code", "expected"), STREAMS, ids=told)
def test_streams(line: str, text: str | bytes, code: int, expected: str) -> None:
    judge(line, run(*words(line), stdin=text), code, expected)


@pytest.mark.parametrize(("line", "files", "code", "expected"), FILES, ids=told)
def test_files(tmp_path: Path, line: str, files: Files, code: int, expected: str) -> None:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    judge(line, run(*words(line), cwd=tmp_path), code, expected)
    assert not list(tmp_path.glob(".losscli-*")), "a draft is left behind"


def test_the_table_is_long_enough() -> None:
    assert len(ARGUMENTS) + len(STREAMS) + len(FILES) >= 150
