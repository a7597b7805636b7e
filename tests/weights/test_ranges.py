"""Ranges of layers read as they are typed, and written so that they are read again."""

from hypothesis import given
from hypothesis import strategies as st

from fusionlab.weights.ranges import Layers, as_text, layers_of, ranges_in, runs, stacked

DEPTHS = (8, 6)
ranges = st.lists(
    st.integers(0, 1).flatmap(
        lambda source: st.tuples(
            st.just(source), st.integers(0, DEPTHS[source] - 1), st.integers(1, 8)
        ).map(lambda each: Layers(each[0], each[1], min(each[1] + each[2], DEPTHS[each[0]])))
    ),
    min_size=1,
    max_size=6,
)


@given(ranges)
def test_what_is_written_is_read_again(given_ranges: list[Layers]) -> None:
    assert ranges_in(as_text(given_ranges, 2), DEPTHS) == given_ranges
    layers = layers_of(given_ranges)
    assert layers_of(ranges_in(runs(layers, 2), DEPTHS)) == layers


@given(st.integers(1, 40), st.data())
def test_depth_up_scaling_has_two_times_what_is_left(n: int, data: st.DataObject) -> None:
    drop = data.draw(st.integers(0, n - 1))
    layers = layers_of(stacked([n], drop))
    assert len(layers) == 2 * (n - drop)
    assert [each.index for each in layers] == [*range(n - drop), *range(drop, n)]


def test_a_single_number_is_a_single_layer() -> None:
    assert ranges_in("0-2, 5; 5..6", [8]) == [Layers(0, 0, 2), Layers(0, 5, 6), Layers(0, 5, 6)]
