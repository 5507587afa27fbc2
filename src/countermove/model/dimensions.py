"""The named dimensions of the model."""

from countermove.engine import Dimension

vendor = Dimension("vendor", ("huawei", "cambricon", "kunlunxin", "t_head", "other_domestic"))

# Every way for a Chinese buyer to get compute: four foreign ones, then the domestic vendors. The origin of installed
# compute is the option by which it came.
option = Dimension("option", ("foreign_legal", "foreign_low_end", "grey", "offshore", *vendor.elements), (vendor,))

# `listed_firms` are the AI firms on the Entity List (SenseTime, Hikvision, iFlytek, … from 2019; Huawei's cloud).
buyer = Dimension("buyer", ("bytedance", "alibaba", "tencent", "baidu", "state_telecom", "listed_firms", "other"))

tool_origin = Dimension("tool_origin", ("united_states", "netherlands", "japan"))

purpose = Dimension("purpose", ("training", "inference"))

# Successive best chips on the world market, by which the frontier and the distance to it are measured.
frontier_generation = Dimension("frontier_generation", ("v100", "a100", "h100", "b200", "rubin", "year_2036"))

# Sectors that no control restricts.
sector = Dimension("sector", ("solar", "battery", "ev"))

# Beijing's measures against foreign chips: no accelerators for anybody; no foreign cards in state-funded projects.
beijing_measure = Dimension("beijing_measure", ("accelerators", "state_projects"))

# Domains of Chinese research, and classes of inputs by how hard they are to replace.
domain = Dimension("domain", ("design", "process", "tools", "memory"))
input_class = Dimension("input_class", ("bulk_chemical", "etch_deposition", "photoresist", "hbm", "lithography"))

# Firms of the research panel: hit by a restriction on goods, by an entity listing, by nothing.
firm_type = Dimension("firm_type", ("goods_restricted", "entity_listed", "untreated"))

# Suppliers in allied countries.
ally_firm = Dimension("ally_firm", ("asml", "tokyo_electron", "sk_hynix", "samsung"))
