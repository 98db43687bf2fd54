"""The words that say whether, where, how much and since when. Phrases are separated by `;`."""

from __future__ import annotations

# Before a finding: it is absent, up to the end of the cue's scope.
NEGATION_BEFORE = (
    "no; not; without; negative for; free of; absence of; no evidence of; no signs of; neither;"
    " nor; without evidence of; rather than; resolution of; complete resolution of; no longer;"
    " non; never; removal of; interval removal of; devoid of; fails to show; do not see; does"
    " not show; has no; have no; rules out; argues against; lack of; interval resolution of;"
    " excludes; unlikely to be; clear of; clear bilaterally of; aerated of; well aerated of;"
    " instead of; nothing to suggest; not consistent with; not suggestive of; unlikely"
)
# After a finding: it is absent.
NEGATION_AFTER = (
    "did not occur; did not develop; has not developed; did not recur; not seen; not"
    " identified; not present; not visualized; not evident; not detected; not appreciated; not"
    " demonstrated; not apparent; not observed; not noted; has resolved; have resolved;"
    " resolved; is absent; are absent; absent; no longer seen; no longer present; no longer"
    " visualized; no longer evident; no longer identified; no longer; none; is excluded; has"
    " been excluded; ruled out; has been removed; have been removed; was removed; were removed;"
    " been removed; removed; unlikely; is unlikely; not recurred; has not recurred; has"
    " cleared; have cleared; has completely resolved; completely resolved; negative; is not"
    " there; not clearly seen; not definitely seen; has now resolved; not found; not enlarged;"
    " not suspected; not clearly identified; not convincingly seen; been discontinued;"
    " withdrawn and removed; no"
)
# Looks like a negation, and is none.
NO_NEGATION = (
    "no longer as; not only; no change; no interval change; no significant change; no"
    " significant interval change; without change; without significant change; without interval"
    " change; no increase; no interval increase; no decrease; no improvement; no interval"
    " improvement; no worsening; no progression; no longer than; not as; no further; no"
    " substantial change; no appreciable change; no definite change; no relevant change;"
    " without significant interval change; no significant increase; no significant improvement;"
    " no major change; no interval worsening; no interval progression; not well seen; not well"
    " evaluated; not well visualized; not fully; not completely; not entirely; no larger; no"
    " smaller; no new change; not significantly changed; not significantly; not changed; has"
    " not changed; have not changed; not substantially; not appreciably; no difference; no"
    " reaccumulation; not optimally; not included; not imaged; not well; no comparison; no"
    " prior; no previous; no prior studies; no old; partially resolved; partly resolved; has"
    " partially resolved; have partially resolved; incompletely resolved; nearly resolved;"
    " almost resolved; nearly cleared; has nearly cleared; almost completely resolved; near"
    " complete resolution of; nearly completely resolved; partial resolution of; partial"
    " clearing of; near resolution of; incomplete resolution of; near total resolution of; no"
    " interval reduction; no significant interval improvement; no detrimental change; no"
    " evidence of change; partially cleared; partly cleared; has partially cleared; not"
    " resolved; has not resolved; have not resolved; not yet resolved; without improvement; no"
    " overall change; no real change; not seen on the prior; not seen on prior; not visualized"
    " on prior; not present in the prior; not seen previously; not previously seen; not present"
    " on the prior; not present previously; not present on prior; not previously present; not"
    " seen before; not visualized on the prior; not previously noted; not previously"
    " identified; not seen on the previous; not widened on the prior; not increased; not"
    " decreased; not worsened; not improved; unchanged"
)
UNCERTAIN_BEFORE = (
    "possible; possibly; may; might; could; can be; suspicious for; suspicion of; suspicion"
    " for; concern for; concerning for; concern of; suggest; suggests; suggesting; suggestive"
    " of; suggested; question; questionable; questioned; probable; probably; likely; most"
    " likely; perhaps; cannot exclude; can not exclude; could not exclude; does not exclude;"
    " not exclude; cannot rule out; can not rule out; not ruled out; equivocal; worrisome for;"
    " suspected; presumed; presumably; potentially; potential; differential includes;"
    " differential diagnosis includes; versus; vs; question of; borderline; cannot completely"
    " exclude; cannot entirely exclude; could represent; may represent; might represent;"
    " raises; raising; raise the possibility of; raising the possibility of; worry for;"
    " presumptive; such as; i e; or possibly; conceivable; conceivably; difficult to exclude;"
    " impossible to exclude; if any; favor; favors; favored; favoring; correlation for; query;"
    " clinical concern for; considerations include; difficult to rule out"
)
UNCERTAIN_AFTER = (
    "cannot be excluded; can not be excluded; not excluded; not be excluded; cannot be ruled"
    " out; not ruled out; can not be ruled out; not be ruled out; is possible; are possible; is"
    " suspected; are suspected; is questioned; is likely; are likely; is probable; vs; versus;"
    " be entirely excluded; be completely excluded; not entirely excluded; not completely"
    " excluded; could also have; could be considered; is in the differential; should be"
    " considered; is a possibility; is a consideration; is not excluded; are not excluded;"
    " remains possible; may be present; could be present; might be present; is considered;"
    " difficult to exclude; be fully excluded; be definitively excluded; may also; could; may"
    " have; should also be considered; is favored; be totally excluded; also possible; a"
    " possibility; if any; is presumed; are presumed; if present; not definitely excluded; a"
    " consideration; be definitely excluded"
)
# A finding after it is asked about, not found.
HYPOTHETICAL = (
    "evaluate for; evaluation for; evaluation of; assess for; to exclude; rule out; r o;"
    " assessment for; looking for; to rule out; question of pneumonia; history of; evaluate;"
    " exclude; to evaluate for; assess; evaluate possible; follow up of; followup of; follow up"
    " to; treated for; treatment for; risk for; risk of; to detect; to identify; detection of;"
    " sensitivity for; screen for; check for"
)
# Ends the scope of what came before it.
STOP = (
    "but; however; although; though; except; except for; other than; aside from; apart from;"
    " which; whereas; while; despite; yet; after; following; status post; since; still;"
    " otherwise; besides; there is; there are; due to; secondary to; because of; there has"
    " been; there have been; s p; as well as; this is; this was; beyond"
)
NEW = (
    "new; newly; interval development of; has developed; have developed; interval appearance"
    " of; has appeared; new since; interval placement of; has been placed; developing; new"
    " from; development of; have appeared; is new; are new; placement of; new compared;"
    " appearance of; not seen on the prior; not seen on prior; not visualized on prior; not"
    " present in the prior; not seen previously; not previously seen; not present on the prior;"
    " not present previously; not previously present; not seen on the previous; not visualized"
    " on the prior; newly placed; has been inserted; now seen"
)
WORSE = (
    "increased; worse; worsened; worsening; larger; increase in; progression of; enlarging; has"
    " increased; have increased; more prominent; progressed; progressing; progressive; has"
    " worsened; have worsened; has grown; grown; interval increase in; increasing; more"
    " extensive; interval worsening of; worsening of; increase of; more conspicuous; more"
    " severe; increase; has progressed; interval progression of; more pronounced; have"
    " enlarged; has enlarged; interval enlargement of; slight increase in; greater than before;"
    " deteriorated"
)
STABLE = (
    "no increase in; no increase; no interval increase in; no worsening; no progression; no"
    " progression of; no interval worsening; no improvement; no improvement in; no interval"
    " improvement in; no interval improvement; no decrease in; no worsening of; no further; no"
    " significant increase in; no interval progression; stable; unchanged; no change in; no"
    " change; no significant change in; no significant interval change in; no interval change"
    " in; persistent; persists; persist; similar; again seen; again noted; redemonstrated;"
    " remains; remain; without change; not changed; has not changed; have not changed; as"
    " before; again; no significant change; no significant interval change; no interval change;"
    " without significant change; constant; not significantly changed; no appreciable change"
    " in; no substantial change in; persisting; without interval change; re demonstrated; no"
    " relevant change in; unaltered; grossly unchanged; similar to; no appreciable change;"
    " relatively unchanged; essentially unchanged; stably; continued; redemonstration of; re"
    " demonstration of; without significant interval change; again demonstrated; same as; the"
    " same; again present"
)
BETTER = (
    "no longer as; improved; improving; improvement in; improvement of; decreased; decreasing;"
    " smaller; resolving; reduced; decrease in; has improved; have improved; has decreased;"
    " have decreased; clearing; less; better; nearly cleared; partially resolved; has partially"
    " resolved; interval improvement in; interval decrease in; near complete resolution of;"
    " resolution of; has resolved; have resolved; resolved; no longer seen; diminished; no"
    " longer present; partial resolution of; interval resolution of; complete resolution of;"
    " reduction in; reduction of; reduction; decrease; not as; has cleared; have cleared;"
    " partial clearing of; interval reduction in; has nearly cleared; no longer; less"
    " prominent; less conspicuous; nearly resolved; almost resolved; regressed; regression of;"
    " has completely resolved; completely resolved; decrease of; improvement; partly resolved;"
    " partially cleared; partly cleared; interval clearing of; clearing of; has now resolved;"
    " less severe; no longer visualized; no longer evident; no longer identified; interval"
    " improvement of"
)
# How much, from the least.
GRADES = (
    "trace; tiny; minimal; subtle; mild; small; moderate; large; marked; severe; extensive;"
    " massive; slight; minor; sizable; huge; gross; significant; substantial"
)
# Other forms of a grade.
GRADE_FORMS = {
    "minimally": "minimal",
    "mildly": "mild",
    "moderately": "moderate",
    "markedly": "marked",
    "severely": "severe",
    "massively": "massive",
    "slightly": "mild",
    "slight": "mild",
    "minor": "mild",
    "sizable": "large",
    "huge": "massive",
    "gross": "large",
    "significant": "large",
    "substantial": "large",
    "extensively": "extensive",
}
LEFT = "left; left middle lobe; leftsided; lll; lul; lingula; lingular; lt; leftward; left sided; l"
RIGHT = (
    "right; rightsided; rll; rml; rul; rt; rightward; right sided; right middle lobe; middle"
    " lobe; r"
)
BOTH = (
    "bilateral; bilaterally; both; bibasilar; bibasal; biapical; bilat; bihilar; bases; apices;"
    " right greater than left; left greater than right; right more than left; left more than"
    " right; either lung"
)
# A side of these names a structure, not where the finding is.
STRUCTURES = (
    "atrium; atrial; ventricle; ventricular; pulmonary artery; main; mainstem; main stem; cava;"
    " chamber; brachiocephalic; atria; cavoatrial; innominate; ventricles; atriocaval"
)
ABBREVIATIONS = frozenset(
    {"dr", "mr", "mrs", "ms", "vs", "approx", "cf", "fig", "ca", "approximately"}
)
# Headings of sections that describe the request or the technique, not what was seen.
# Of these only the first sentence is skipped: "Comparison: none. The lungs are clear."
SHORT_SECTIONS = frozenset(
    {
        "comparison",
        "comparisons",
        "comparison study",
        "technique",
        "procedure",
        "exam",
        "examination",
        "study",
        "exam type",
        "type of examination",
    }
)
SKIPPED_SECTIONS = frozenset(
    {
        "indication",
        "indications",
        "history",
        "clinical history",
        "clinical information",
        "technique",
        "comparison",
        "comparisons",
        "reason for exam",
        "reason for examination",
        "reason",
        "exam",
        "examination",
        "clinical indication",
        "procedure",
        "study",
        "reason for this examination",
        "reason for study",
        "clinical data",
        "comparison study",
        "type of examination",
        "indication for study",
        "reason for test",
        "clinical question",
        "study indication",
        "exam type",
        "clinical history and indication",
    }
)
