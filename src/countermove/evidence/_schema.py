"""The shape of every evidence table: its columns, and which of them say what when a row is cited."""

from __future__ import annotations

from dataclasses import dataclass

_FACT = (
    "id", "entity", "quantity", "period_start", "period_end", "low", "central", "high", "unit", "kind", "source",
    "source_date", "url", "verified", "note",
)  # fmt: skip

_FORECAST = (
    "id", "forecaster", "made_on", "quantity", "entity", "target_period", "low", "central", "high", "unit", "url",
    "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """Columns of one table, and the column that holds each part of a citation ("" where a table has none)."""

    columns: tuple[str, ...]
    subject: str = "entity"
    what: str = "quantity"
    value: str = "central"
    title: str = "source"
    date: str = "source_date"
    address: str = "url"
    is_facts: bool = False


# In the order in which they are listed and searched.
SHAPES: dict[str, Shape] = {
    "manufacturing": Shape(_FACT, is_facts=True),
    "market": Shape(_FACT, is_facts=True),
    "sectors": Shape(_FACT, is_facts=True),
    "macro": Shape(_FACT, is_facts=True),
    "parameters": Shape(
        (
            "id", "mechanism", "parameter", "definition", "low", "central", "high", "unit", "method", "population",
            "source", "url", "verified", "note",
        ),
        subject="mechanism", what="parameter", date="", is_facts=True,
    ),
    "analogues": Shape(_FACT, is_facts=True),
    "published_model_results": Shape(
        (
            "id", "forecaster", "made_on", "scenario", "quantity", "entity", "target_start", "target_end",
            "target_period", "low", "central", "high", "unit", "interval", "kind", "class", "url", "primary_url",
            "verified", "read_as", "outcome", "outcome_source", "note",
        ),
        title="forecaster", date="made_on", is_facts=True,
    ),
    "chip_efficiency": Shape(_FACT, is_facts=True),
    "cluster_reliability": Shape(_FACT, is_facts=True),
    "chips": Shape(
        (
            "id", "name", "vendor", "vendor_country", "designer_family", "announced", "first_shipped", "foundry",
            "process_node", "process_nm_class", "transistors_bn", "compute_die_area_mm2", "compute_dies_per_package",
            "other_dies", "int4_dense_tops", "int8_dense_tops", "fp8_dense_tflops", "fp16_bf16_dense_tflops",
            "tf32_dense_tflops", "fp64_tflops", "max_dense_tops_times_bits", "memory_type", "memory_gb",
            "memory_bw_gbps", "hbm_stacks", "interconnect_bidir_gbps", "tdp_w", "datacenter_marketed",
            "price_low_usd", "price_high_usd", "price_note", "source_specs_url", "source_price_url", "verified",
            "note", "record_type", "fp4_dense_tflops", "tpp", "tpp_low", "tpp_high", "tpp_precision",
            "applicable_die_area_mm2", "area_basis", "performance_density", "pd_alt", "pd_alt_basis",
            "published_tpp", "published_pd", "published_tpp_pd_url",
        ),
        subject="name", what="vendor", value="", title="name", date="announced", address="source_specs_url",
    ),
    "chips_crosscheck_epoch": Shape(
        ("id", "field", "ours", "epoch_2026_04", "ratio_ours_to_epoch", "comment"),
        subject="id", what="field", value="ours", title="comment", date="", address="",
    ),
    "soc_chips": Shape(
        (
            "id", "name", "vendor", "announced", "first_product", "first_shipped", "foundry", "process_node",
            "process_nm_class", "die_area_mm2", "transistors_bn", "transistor_density_mtr_mm2", "density_basis",
            "source", "source_date", "source_url", "verified", "note",
        ),
        subject="name", what="process_node", value="", address="source_url",
    ),
    "training_runs": Shape(
        (
            "id", "model", "organisation", "country", "year", "architecture", "params_total_bn", "params_active_bn",
            "layers", "hidden_size", "ffn_size", "heads", "kv_heads", "vocab", "experts", "active_experts",
            "sequence_length", "global_batch_tokens", "tokens_tn", "precision", "chip", "chips_count", "tp", "pp",
            "dp", "ep", "cp", "vpp", "micro_batch", "activation_recompute", "zero_stage", "optimizer",
            "interconnect", "measured_quantity", "measured_value", "unit", "source", "source_date", "url",
            "verified", "note",
        ),
        subject="model", what="measured_quantity", value="measured_value",
    ),
    "rules_timeline": Shape(
        (
            "id", "jurisdiction", "instrument", "title", "announced", "effective", "ended", "citation",
            "what_changed", "url", "verified", "note",
        ),
        subject="title", what="instrument", value="", title="citation", date="announced",
    ),
    "rules_thresholds": Shape(
        (
            "id", "rule_id", "eccn_or_exception", "applies_to", "parameter", "operator", "value", "unit",
            "logic_group", "consequence", "destinations", "effective", "ended", "citation", "url", "verified", "note",
        ),
        subject="rule_id", what="parameter", value="value", title="citation", date="effective",
    ),
    "rules_country_groups": Shape(
        ("id", "group", "country", "as_of", "citation", "url", "verified", "note"),
        subject="country", what="group", value="", title="citation", date="as_of",
    ),
    "entities": Shape(
        (
            "id", "name", "country", "role", "listed_on", "list", "footnote", "licence_policy", "citation", "url",
            "verified", "note",
        ),
        subject="name", what="list", value="", title="citation", date="listed_on",
    ),
    "verdict_cases": Shape(
        (
            "id", "chip", "destination", "end_user", "date", "licence_required", "control_paragraph", "reason",
            "source", "source_date", "url", "verified", "note",
        ),
        subject="chip", what="destination", value="licence_required",
    ),
    "expert_forecasts": Shape(_FORECAST, title="forecaster", date="made_on"),
    "market_forecasts": Shape(_FORECAST, title="forecaster", date="made_on"),
    "forecast_questions": Shape(
        (
            "id", "platform", "question", "opened", "closed", "resolved_on", "resolution", "resolution_status",
            "community_forecast", "forecast_as_of", "n_forecasters", "url", "verified", "note",
        ),
        subject="question", what="platform", value="resolution", title="platform", date="opened",
    ),
    "stylised_facts": Shape(
        ("id", "claim", "measure", "unit", "test", "source"),
        subject="claim", what="measure", value="test", date="", address="",
    ),
    "claims": Shape(
        ("id", "claim", "kind", "what decides it"),
        subject="claim", what="kind", value="", title="what decides it", date="", address="",
    ),
}  # fmt: skip

KINDS = frozenset({"reported", "estimate", "forecast", "official", "scenario"})
VERIFIED = frozenset({"yes", "partial", "no"})
