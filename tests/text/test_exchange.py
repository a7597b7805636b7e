"""The short form of exchanged solutions is what readers of the zoo have learned to read."""

from fusionlab.text.exchange import Heard, concluded, exchanged


def test_a_line_a_solution_and_then_the_question() -> None:
    others = [Heard("B", "451 so 154", 2 / 3), Heard("C", "461 so 164")]
    assert exchanged("add,reverse 384+77=", "461 so 164", others) == (
        "you 461 so 164\nB 67% 451 so 154\nC 461 so 164\nadd,reverse 384+77="
    )


def test_who_hears_nobody_reads_the_question_alone() -> None:
    assert exchanged("sort kt=", None, []) == "sort kt="


def test_the_answer_is_what_follows_the_last_so() -> None:
    assert concluded("461 so 164") == "164"
    assert concluded("so 164 so 165 ") == "165"
    assert concluded("so kt") == "kt"
    assert concluded("also sole") == ""
    assert concluded("") == ""
