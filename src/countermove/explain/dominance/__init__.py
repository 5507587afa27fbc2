"""Loop dominance: which feedback loops make the model move, month by month, by the method Loops That Matter."""

from countermove.explain.dominance.loops import Dominance, LoopScore, dominance, yearly_dominance
from countermove.explain.dominance.scores import LinkScores, link_scores

__all__ = ["Dominance", "LinkScores", "LoopScore", "dominance", "link_scores", "yearly_dominance"]
