"""Every rule of design advice, by its code. To add one: a function that looks, and a Rule here.

1xx each KPI on its own; 2xx the tree as a whole; 3xx arithmetic; 4xx what takes data (their looks
are in analysis/advice); 0xx about `ignore` itself (ignoring.py).
"""

from typing import Final

from kpitree.advice import arithmetic, balance, hundreds, smart
from kpitree.advice.contract import Rule, Severity

WARNING, ADVICE = Severity.WARNING, Severity.ADVICE

UNKNOWN_CODE: Final = "KT001"
NEEDLESS_IGNORE: Final = "KT002"
OUT_OF_DATE: Final = "KT109"  # asks what day it is

RULES: Final = (
    Rule(
        code=UNKNOWN_CODE,
        name="unknown-code",
        severity=WARNING,
        why="A code that does not exist ignores nothing, though somebody meant it to.",
        mend="Correct the code in `ignore`, or take it out; docs/advice.md lists all of them.",
    ),
    Rule(
        code=NEEDLESS_IGNORE,
        name="needless-ignore",
        severity=ADVICE,
        why="An exception that nothing needs any more hides the next mistake of that kind.",
        mend="Take the code out of `ignore`.",
    ),
    Rule(
        code="KT101",
        name="no-description",
        severity=ADVICE,
        why="Two people who read a number with different meanings in mind decide differently.",
        mend='Say in a sentence what is counted: description = "Orders paid in the month".',
        look=smart.no_description,
    ),
    Rule(
        code="KT102",
        name="no-unit",
        severity=ADVICE,
        why="Without a unit nobody can tell 40 euros from 40 orders, and no formula be checked.",
        mend='Write the unit: currency, percent, days, hours, or a word such as unit = "tickets".',
        look=smart.no_unit,
    ),
    Rule(
        code="KT103",
        name="no-owner",
        severity=ADVICE,
        why="A number that nobody answers for is not acted on when it falls.",
        mend='Name who answers for it: owner = "Head of Sales"; or make it role = "metric".',
        look=smart.no_owner,
    ),
    Rule(
        code="KT104",
        name="no-target",
        severity=ADVICE,
        why="Without a target nobody can say whether the number is good.",
        mend='Set target = ..., range = [low, high], or make it role = "metric" if it is only'
        " watched.",
        look=smart.no_target,
    ),
    Rule(
        code="KT105",
        name="no-review",
        severity=ADVICE,
        why="A KPI that is looked at on no fixed day is set and forgotten.",
        mend='Say how often it is looked at: review = "weekly"; or make it role = "metric".',
        look=smart.no_review,
    ),
    Rule(
        code="KT106",
        name="deadline-without-target",
        severity=ADVICE,
        why="On a deadline that no target is due on, nobody can tell whether it was met.",
        mend='Give the target the same day: target = { value = 55, by = "2026-12-31" }; or take'
        " deadline out.",
        look=smart.deadline_without_target,
    ),
    Rule(
        code="KT107",
        name="not-connected",
        severity=WARNING,
        why="A number that moves nothing that matters is vanity: it may rise while the goal falls.",
        mend="Use it in a formula, name what it leads = [...], make it a counterweight or role ="
        ' "guardrail", or take it out.',
        look=smart.not_connected,
    ),
    Rule(
        code="KT108",
        name="same-label",
        severity=WARNING,
        why="Readers take two numbers of one name for one number, and find that it contradicts"
        " itself.",
        mend="Give each its own label.",
        look=smart.same_label,
    ),
    Rule(
        code=OUT_OF_DATE,
        name="out-of-date",
        severity=ADVICE,
        why="A deadline that has passed no longer asks anything of anybody.",
        mend="Set the next deadline and target, or take them out and write down what came of them.",
    ),
    Rule(
        code="KT110",
        name="percent-as-hundred",
        severity=WARNING,
        why="In percent 0.62 is 62 %, so 62 is 6,200 %: a hundred times too much.",
        mend='Write 0.62 for 62 %: unit = "percent", target = 0.62, and nothing times 100.',
        look=hundreds.percent_as_hundred,
    ),
    Rule(
        code="KT201",
        name="too-many-for-owner",
        severity=ADVICE,
        why="Who answers for more than five KPIs answers for none of them.",
        mend='Keep the three to five that matter; make the others role = "metric", or name another'
        " owner.",
        look=balance.too_many_for_owner,
    ),
    Rule(
        code="KT202",
        name="too-many-for-department",
        severity=ADVICE,
        why="A department with many key figures has none: attention goes to whichever looks good.",
        mend='Keep the three to five that matter; make the others role = "metric".',
        look=balance.too_many_for_department,
    ),
    Rule(
        code="KT203",
        name="no-leading",
        severity=ADVICE,
        why="With lagging indicators alone, a miss is seen only when it can no longer be mended.",
        mend='Mark what moves before the goal: indicator = "leading", with leads = ["revenue"].',
        look=balance.no_leading,
    ),
    Rule(
        code="KT204",
        name="nothing-controllable",
        severity=ADVICE,
        why="A goal that nobody can move is a forecast, not a goal.",
        mend="Mark the KPIs under it that somebody can act on: controllable = true.",
        look=balance.nothing_controllable,
    ),
    Rule(
        code="KT205",
        name="no-counterweight",
        severity=ADVICE,
        why="A target like this is met most easily at the cost of something that nobody watches.",
        mend='Name what would suffer: counterweight = "order_value", a KPI with a target or range.',
        look=balance.no_counterweight,
    ),
    Rule(
        code="KT206",
        name="leads-nothing",
        severity=ADVICE,
        why="A leading indicator that is not tied to a result cannot warn of anything.",
        mend='Name what it comes before: leads = ["revenue"].',
        look=balance.leads_nothing,
    ),
    Rule(
        code="KT207",
        name="idle-counterweight",
        severity=ADVICE,
        why="A counterweight without a target or range gives way, and nobody notices.",
        mend="Give the counterweight a target or range = [low, high].",
        look=balance.idle_counterweight,
    ),
    Rule(
        code="KT208",
        name="late-lead",
        severity=ADVICE,
        why="A warning that is read after the result is no warning.",
        mend="Review the leading indicator at least as often as what it leads.",
        look=balance.late_lead,
    ),
    Rule(
        code="KT209",
        name="unused-source",
        severity=WARNING,
        why="A source that nothing is counted from is a leftover, or a KPI that was forgotten.",
        mend="Take the source out, or add the KPI that it was meant for.",
        look=balance.unused_source,
    ),
    Rule(
        code="KT301",
        name="units-do-not-multiply",
        severity=WARNING,
        why="If the units do not work out, the formula or the unit is wrong, and so is every"
        " number above.",
        mend="Correct the formula, or the unit of the KPI or of one of its operands.",
        look=arithmetic.units_do_not_multiply,
    ),
    Rule(
        code="KT302",
        name="average-of-averages",
        severity=WARNING,
        why="The rate of a whole is not the mean of its parts' rates: a small part counts as much"
        " as a large one.",
        mend='If these are parts of one whole, divide sums: measure = "sum(won) / sum(deals)", or a'
        " formula over KPIs.",
        look=arithmetic.average_of_averages,
    ),
    Rule(
        code="KT303",
        name="counted-twice",
        severity=WARNING,
        why="What is added in by two ways makes the sum too large.",
        mend="Take the part out of one of the formulas.",
        look=arithmetic.counted_twice,
    ),
    Rule(
        code="KT304",
        name="direction-against-formula",
        severity=WARNING,
        why="Whoever meets this target moves the goal the wrong way, by the tree's own formulas.",
        mend='Set direction = "down" where less is better ("up" where more is), or correct the'
        " formula.",
        look=arithmetic.direction_against_formula,
    ),
    Rule(
        code="KT305",
        name="bare-assumption",
        severity=ADVICE,
        why="A number that somebody once typed in cannot be checked or renewed by anybody else.",
        mend='Say where it comes from: description = "Margin of 2025, by the annual report".',
        look=arithmetic.bare_assumption,
    ),
    Rule(
        code="KT401",
        name="target-never-reached",
        severity=ADVICE,
        why="A target beyond anything ever reached is given up on rather than worked for.",
        mend="Set one within reach, or a path to it: target = { value = 55, by = ..., from = 42,"
        " since = ... }.",
    ),
    Rule(
        code="KT402",
        name="target-too-easy",
        severity=ADVICE,
        why="A target that was never missed changes nothing that anybody does.",
        mend="Raise the target, or make the KPI a guardrail.",
    ),
    Rule(
        code="KT403",
        name="targets-do-not-add-up",
        severity=WARNING,
        why="Where the targets of the parts give less than the goal, all can be met and it is"
        " missed; where they give more, somebody is asked for more than it takes.",
        mend="Change the target of the goal or of one of its drivers, so that the formula holds.",
    ),
    Rule(
        code="KT404",
        name="cancelling-drivers",
        severity=ADVICE,
        why="Two large effects that always cancel each other out explain nothing of the goal.",
        mend="Write driver = true on the KPI that divides, or make it one measure.",
    ),
    Rule(
        code="KT405",
        name="formula-misses-measured",
        severity=WARNING,
        why="If the formula does not give what is measured, its drivers explain another number.",
        mend="Find what the formula leaves out, or correct `measured`.",
    ),
    Rule(
        code="KT406",
        name="no-values",
        severity=WARNING,
        why="A KPI without a single value cannot be measured, so nothing can be learnt from it.",
        mend="Correct its measure, its source or its dates; kpitree doctor shows what is there.",
    ),
    Rule(
        code="KT407",
        name="target-ran-out",
        severity=ADVICE,
        why="A target or an assumption that ended without a new one was set and forgotten.",
        mend="Set the target, or the value, of the periods to come.",
    ),
    Rule(
        code="KT408",
        name="does-not-lead",
        severity=ADVICE,
        why="A leading indicator whose changes do not come before those of the result warns of"
        " nothing.",
        mend="Look for what does come before, or take it out of `leads` if its lead is not longer"
        " than was looked at.",
    ),
)
BY_CODE: Final = {rule.code: rule for rule in RULES}
TAKES_DATA: Final = frozenset(rule.code for rule in RULES if rule.code.startswith("KT4"))
ABOUT_IGNORE: Final = frozenset({UNKNOWN_CODE, NEEDLESS_IGNORE})
