"""The style sheets of the components, which all end up on one page."""

import re
from collections import defaultdict

from fusionlab.assets import asset, has_asset
from fusionlab.views.assets import COMPONENTS


def test_no_two_components_give_a_class_their_own_look() -> None:
    """What one of them means by a class would change what another draws under the same name."""
    styled: dict[str, list[str]] = defaultdict(list)
    for component in set(COMPONENTS) - {"still"}:  # what is printed is said of all of them there
        if has_asset(name := f"components/{component}.css"):
            style = re.sub(r"/\*.*?\*/", "", asset(name).read_text(encoding="utf-8"), flags=re.S)
            bare = re.findall(r"(?:^|[{},])\s*\.fl (\.fl-[\w-]+)\s*(?=[,{])", style)
            for each in set(bare):
                styled[each].append(component)
    assert {each: found for each, found in styled.items() if len(found) > 1} == {}
