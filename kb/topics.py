"""The topics of a corpus as a small tree, data beside it (`[topics]` of `home.toml`): branches, topics below them, and
for each topic the other words that documents have for it.

    [topics."一老一小"]
    "养老服务" = ["养老", "居家养老用房"]
    "托育服务" = ["托育"]

What a document says of itself stays as it is; the tree says where it stands. Without a tree every topic stands for
itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kb.text.fold import fold_text
from kb.text.names import normal_name
from kb.types import Document


@dataclass(frozen=True, slots=True)
class TopicTree:
    """`branches` gives per branch its topics in order, and per topic the folded words that mean it, its own name among
    them."""

    branches: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    @classmethod
    def of(cls, said: Mapping[str, Mapping[str, list[str]]]) -> TopicTree:
        """Make a tree of what `home.toml` says."""
        return cls(
            {
                branch: {name: tuple(map(fold_text, (name, *words))) for name, words in topics.items()}
                for branch, topics in said.items()
            }
        )

    def topics_of(self, document: Document) -> tuple[str, ...]:
        """Name the topics that a document stands under, in the order of the tree.

        Where the tree knows none of its own words (主题分类：其他), its title tells; where that tells nothing either,
        it keeps its words.

        >>> tree = TopicTree.of({"一老一小": {"养老服务": ["养老"], "托育服务": ["托育"]}})
        >>> paper = Document(doc_id="a", title="托育机构补助办法", topics=("其他",), source="", sha256="", text="")
        >>> tree.topics_of(paper)
        ('托育服务',)
        """
        said = set(map(fold_text, document.topics))
        title = fold_text(document.title)
        topics = [one for branch in self.branches.values() for one in branch.items()]
        known = [name for name, words in topics if said.intersection(words)]
        known = known or [name for name, words in topics if any(word in title for word in words)]
        return tuple(known) or document.topics

    def named(self, word: str) -> str | None:
        """Name the topic or branch that a word means, however its numbers are written; None where it means none."""
        said = normal_name(word)
        topics = [one for branch in self.branches.values() for one in branch.items()]
        names = [*((branch, (branch,)) for branch in self.branches), *topics]
        return next((name for name, words in names if said in map(normal_name, words)), None)

    def branch_of(self, topic: str) -> str | None:
        """Name the branch that a topic stands below; None where it stands alone."""
        return next((branch for branch, topics in self.branches.items() if topic in topics and topic != branch), None)

    def holds(self, topic: str, document: Document) -> bool:
        """Say whether a document stands under a topic or a branch, or has the very word itself; in either script."""
        wanted = fold_text(topic)
        own = self.topics_of(document)
        above = {branch for branch in map(self.branch_of, own) if branch}
        return any(fold_text(name) == wanted for name in (*own, *above, *document.topics))

    def in_order(self, topics: Mapping[str, int]) -> list[str]:
        """Order topics as the tree has them, each branch before its topics; those that stand in no tree after them,
        most frequent first."""
        tree = [name for branch, below in self.branches.items() for name in (branch, *below)]
        alone = sorted((name for name in topics if name not in tree), key=lambda name: -topics[name])
        return [*(name for name in dict.fromkeys(tree) if name in topics), *alone]
