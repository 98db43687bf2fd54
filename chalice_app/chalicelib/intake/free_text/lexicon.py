"""The words of headings in radiology reports, in English and German.

Headings of many public reports were compared for this list; a heading that is not here is still
recognised by its layout (`sections.py`), or by its nearest name (`names.py`).
"""

from __future__ import annotations


def _words(joined: str) -> frozenset[str]:
    return frozenset(joined.split("|"))


# The heading of the findings, and names that mean them only if no FINDINGS heading exists.
FINDINGS = _words("finding|findings|befund|befunde|befundung")
FINDINGS_ALSO = _words("report|description|observation|observations")

IMPRESSION = _words("impression|impressions|beurteilung")
IMPRESSION_ALSO = _words(
    "conclusion|conclusions|opinion|assessment|summary|interpretation"
    "|bewertung|zusammenfassung|zusammenfassende beurteilung"
)
# May as well be what the patient was sent with.
DIAGNOSIS = _words("diagnosis|diagnoses|diagnose|diagnosen")

# Words that may stand before FINDINGS or IMPRESSION, or after it, without changing the meaning.
NEUTRAL = _words(
    "the|of|in|for|on|and|with|by|at|to|a|an|or|und|der|des|im|from|final|overall|detailed|my"
    "|imaging|radiographic|radiological|radiologic|radiology|radiologist|radiologist's|main"
    "|diagnostic|general|ct|mri|mr|ultrasound|us|study|exam|examination|this|today|current"
)
# Words that make FINDINGS or IMPRESSION those of another reading, or of another person.
ELSEWHERE = _words(
    "previous|prior|old|earlier|outside|preliminary|initial|resident|resident's|wet|addendum"
    "|original|former|clinical|critical|significant|urgent|unexpected|clinician's|referring"
)
# Findings under a heading of their own that remain part of the findings.
FURTHER = _words("other|additional|incidental|miscellaneous|associated|ancillary|remaining|extra")

# What an impression may contain too, as in IMPRESSION AND RECOMMENDATION.
ADVICE = _words("and|or|und|recommendation|recommendations|plan|advice|comment|empfehlung")

# Every other section: its name and the headings that it goes by.
OTHERS = {
    "indication": (
        "indication|indications|clinical indication|clinical indications|reason|reason for exam"
        "|reason for examination|reason for study|reason for the exam|reason for procedure"
        "|reason for visit|reason for this examination|reason for consultation|clinical question"
        "|indikation|rechtfertigende indikation|fragestellung|klinische fragestellung|clinical"
        "|chief complaint|complaint|symptoms|signs and symptoms|clinical diagnosis"
        "|admitting diagnosis|underlying medical condition|medical condition|presentation"
    ),
    "history": (
        "history|clinical history|patient history|medical history|past medical history"
        "|surgical history|history of present illness|clinical information|clinical data"
        "|clinical statement|clinical details|clinical notes|clinical note|clinical impression"
        "|anamnese|klinik|klinische angaben|klinische angabe|vorgeschichte|klinische information"
    ),
    "comparison": (
        "comparison|comparisons|comparison study|comparison studies|comparison exam"
        "|comparison film|comparison films|comparison date|prior studies|prior study|prior exam"
        "|prior exams|previous studies|previous study|previous exam|reference exam"
        "|reference study|reference|vergleich|vergleichsuntersuchung|voraufnahme|voraufnahmen"
        "|voruntersuchung|voruntersuchungen"
    ),
    "technique": (
        "technique|techniques|technical factors|technical quality|technical note|protocol"
        "|procedure comments|contrast|medication|medications|radiation dose|dose|dlp|ctdi"
        "|fluoroscopy time|image quality|quality|limitations|limitation|view|technik|methode"
        "|methodik|untersuchungstechnik|dosis|views|number of views|projection|projections"
    ),
    "examination": (
        "exam|exams|examination|examinations|study|studies|procedure|procedures|type of exam"
        "|exam type|exam description|study description|procedure description|examination type"
        "|study type|title|modality|test|untersuchung|art der untersuchung|service|body part"
        "|procedure name|exam name|study name|exam performed|examination performed"
    ),
    "recommendation": (
        "recommendation|recommendations|follow up|follow-up|followup|follow up recommendation"
        "|follow-up recommendation|follow up recommendations|advice|suggestion|suggestions|plan"
        "|empfehlung|empfehlungen|prozedere|procedere|further evaluation|management"
        "|recommended follow up|recommended follow-up"
    ),
    "notification": (
        "notification|notifications|communication|communications|critical result"
        "|critical results|critical finding|critical findings|critical value|results communication"
        "|communication of results|discussion|called to|notified|significant findings"
        "|urgent findings|unexpected findings|notification of critical result"
    ),
    "date": (
        "date|exam date|date of exam|date of examination|study date|date of study|time|date/time"
        "|exam time|report date|date of service|admission date|discharge date|date of birth|dob"
        "|datum|untersuchungsdatum|exam date/time|dictated date|date dictated|transcribed date"
    ),
    "administrative": (
        "accession|accession number|accession no|accession #|mrn|medical record number|patient"
        "|patient name|name|patient id|age|sex|gender|location|cpt code|cpt codes|cpt|icd code"
        "|icd codes|icd-10|billing code|billing codes|order number|order|ordering physician"
        "|ordering provider|referring physician|referring provider|requesting physician"
        "|attending physician|physician|physicians|radiologist|resident|fellow|technologist"
        "|department|hospital|facility|institution|job number|job|report status|status"
        "|unit number|ward|room|bed|account number|copies to|cc|distribution|code|codes"
        "|attestation|teaching physician statement|disclaimer|patient class|abnormality code"
        "|anforderer|patientin|geburtsdatum|zuweiser|arzt|station|auftragsnummer"
    ),
    "comment": (
        "comment|comments|note|notes|remark|remarks|nb|n.b|kommentar|bemerkung|hinweis"
        "|quality assurance|qa|discrepancy|discrepancies|peer review"
    ),
}
# Words that, anywhere in a heading, name its section.
TELLING = {
    "comparison": "comparison|comparisons|compared|vergleich|reference",
    "indication": "indication|indications|reason",
    "history": "history|anamnese",
    "technique": "technique|techniques|protocol|technik",
    "recommendation": "recommendation|recommendations|recommended|follow-up|followup|empfehlung",
    "notification": "notification|notifications|communication|communicated|notified",
    "examination": "exam|examination|examinations|procedure|untersuchung",
    "date": "date|datum",
    "administrative": (
        "code|codes|number|physician|physicians|provider|radiologist|technologist|attending"
        "|accession|status|billing|mrn|cpt|icd|id|anonymized"
    ),
    "comment": "comment|comments|discrepancy",
}

# How the lines begin that divide a report into readings of their own, and of which kind these are.
MAIN, ADDENDUM, PRELIMINARY = "report", "addendum", "preliminary"
PARTS = {
    "final report": MAIN,
    "original report": MAIN,
    "attending report": MAIN,
    "final read": MAIN,
    "radiology report": MAIN,
    "final radiology report": MAIN,
    "revised report": ADDENDUM,
    "corrected report": ADDENDUM,
    "amended report": ADDENDUM,
    "addendum": ADDENDUM,
    "addenda": ADDENDUM,
    "addendums": ADDENDUM,
    "final addendum": ADDENDUM,
    "addendum report": ADDENDUM,
    "end of addendum": MAIN,
    "nachtrag": ADDENDUM,
    "ergänzung": ADDENDUM,
    "wet read": PRELIMINARY,
    "wet reading": PRELIMINARY,
    "preliminary report": PRELIMINARY,
    "preliminary read": PRELIMINARY,
    "preliminary reading": PRELIMINARY,
    "preliminary interpretation": PRELIMINARY,
    "preliminary impression": PRELIMINARY,
    "preliminary findings": PRELIMINARY,
    "initial impression": PRELIMINARY,
    "resident impression": PRELIMINARY,
    "resident preliminary report": PRELIMINARY,
    "pfi": PRELIMINARY,
    "pfi report": PRELIMINARY,
    "pfi impression": PRELIMINARY,
    "provisional report": PRELIMINARY,
    "vorläufiger befund": PRELIMINARY,
    "vorbefund": PRELIMINARY,
    "vorbefunde": PRELIMINARY,
}

# How lines begin that end a report: who dictated, signed, read or transcribed it.
SIGNATURES = (
    "dictated",
    "signed",
    "electronically signed",
    "electronically approved",
    "electronically verified",
    "digitally signed",
    "approved by",
    "approved",
    "finalized by",
    "finalised by",
    "verified by",
    "reviewed by",
    "read by",
    "interpreted by",
    "reported by",
    "report electronically",
    "reviewed and signed",
    "reviewed and electronically signed",
    "authenticated by",
    "transcribed",
    "transcriptionist",
    "transcription",
    "edited by",
    "end of report",
    "end of impression",
    "i have personally",
    "i, the attending",
    "i as the attending",
    "the attending radiologist",
    "this report was",
    "this report has been",
    "this document has been",
    "this document was",
    "this exam was interpreted",
    "final report signed",
    "by electronically signing",
    "attending radiologist",
    "reporting radiologist",
    "reading radiologist",
    "mit freundlichen",
    "elektronisch signiert",
    "diktiert",
    "unterschrift",
    "gezeichnet",
)

# A heading made of these names a study; its text is often the findings.
VIEWS = _words(
    "view|views|radiograph|radiographs|radiography|x-ray|x-rays|xray|xrays|x|ray|film|films"
    "|cxr|xr|portable|pa|ap|lateral|lat|frontal|upright|semi-upright|semiupright|semierect"
    "|semi-erect|erect|supine|decubitus|oblique|projection|projections|bedside|image|images"
    "|thoraxaufnahme|röntgenaufnahme|röntgen|aufnahme|chest|thorax|roentgenogram|single|sitting"
)
# What else a study's name contains.
STUDY_WORDS = _words(
    "one|two|three|four|single|1|2|3|4|and|of|the|with|in|at|on|a.m|p.m|am|pm|for|dated|ebenen"
    "|i|ii|v|vw|vws|left|right|both|view|series|ribs|rib|abdomen|abdominal|kub|hrs|hours"
    "|post|line|placement|procedure|intubation|inspiration|expiration|standard|dual|digital"
)
DEVICES = _words(
    "tube|tubes|line|lines|catheter|catheters|device|devices|hardware|pacemaker|port|drain"
    "|drains|picc|ett|ng|stent|clips|wires|lead|leads|support|cannula|valve|prosthesis|zvk"
)
# Anatomy and findings: headings with one of these divide the findings or the impression.
BODY = _words(
    "lung|lungs|pulmonary|airway|airways|pleura|pleural|heart|cardiac|cardiomediastinal"
    "|mediastinum|mediastinal|hilum|hila|hilar|aorta|aortic|vascular|vasculature|vessels"
    "|vessel|bone|bones|osseous|bony|skeleton|skeletal|rib|ribs|spine|thoracic|lumbar|cervical"
    "|soft|tissue|tissues|abdomen|abdominal|diaphragm|diaphragms|trachea|tracheal|bronchi"
    "|chest|thorax|neck|pelvis|pelvic|liver|spleen|kidney|kidneys|renal|adrenal|adrenals"
    "|pancreas|gallbladder|biliary|bowel|stomach|bladder|brain|head|skull|sinus|sinuses"
    "|orbit|orbits|nodes|node|lymph|thyroid|breast|breasts|axilla|esophagus|oesophagus"
    "|shoulder|shoulders|clavicle|clavicles|scapula|humerus|femur|knee|hip|hips|ankle|foot"
    "|hand|wrist|elbow|forearm|leg|arm|joint|joints|vertebra|vertebrae|disc|discs|cord|canal"
    "|muscles|skin|wall|cavity|cavities|fields|field|parenchyma|interstitium|apex|apices|base"
    "|bases|lobe|lobes|zone|zones|silhouette|contour|contours|size|border|angle|angles"
    "|costophrenic|gas|air|effusion|effusions|pneumothorax|pneumothoraces|nodule|nodules|mass"
    "|masses|opacity|opacities|consolidation|atelectasis|edema|oedema|pneumonia|fracture"
    "|fractures|infiltrate|infiltrates|cardiomegaly|emphysema|fibrosis|granuloma|granulomas"
    "|hernia|calcification|calcifications|lesion|lesions|hemorrhage|ventricles|prostate|uterus"
    "|ovaries|appendix|colon|peritoneum|retroperitoneum|ureters|arteries|artery|veins|vein"
    "|alignment|degenerative|clear|normal|unremarkable|process|disease|abnormality"
    "|abnormalities|rul|rml|rll|lul|lll|lingula|svc|ivc|thymus|pericardium|pericardial|perfusion|inflation|volumes|volume|markings"
    "|hyperinflation|scarring|thickening|congestion|aeration|expanded|differential|left|right"
    "|upper|lower|middle|bilateral|negative|positive|stable|unchanged|intact|compression"
    "|lunge|lungen|herz|pleuren|knochen|skelett|weichteile|weichteil|zwerchfell|hilus|hili"
    "|gefäße|erguss|ergüsse|infiltrat|pneumothorax|stauung|oberbauch|leber|milz|nieren"
    "|wirbelsäule|herzgröße|lungenfelder|randwinkel|unauffällig|normalgroß|frei|belüftet"
    "|verschattung|verschattungen|herzschatten|fraktur|regelrecht|thoraxskelett|trachea"
)

# A heading never contains these; a sentence does.
SENTENCE = _words(
    "is|are|was|were|be|been|being|has|have|had|there|this|these|those|that|which|no|not|shows"
    "|show|showed|demonstrate|demonstrates|demonstrated|seen|noted|again|it|its|he|she|they|i"
    "|we|as|but|may|can|could|should|will|would|due|likely|ist|sind|war|wird|kein|keine|nicht"
    "|es|sich|obtained|performed|remains|appears|appear|please|see"
)
# A line that ends in one of these goes on in the next.
UNFINISHED = _words(
    "the|a|an|of|in|on|with|without|and|or|to|for|from|by|at|as|is|are|was|were|be|been|this"
    "|that|these|those|given|per|versus|vs|than|since|prior|previous|overall|clinical|initial"
    "|same|its|his|her|their|no|not|which|under|over|between|into|but|if|when|while|my|our"
    "|your|above|recent|old|new|outside|following|see|one's|patient's|within|about|after"
    "|before|der|die|das|des|dem|den|ein|eine|einer|eines|im|mit|und|oder|von|vom|zum|zur|bei"
    "|nach|vorherigen|letzten|keine|kein|an|auf|für|ohne|als|ist|sind|first|final"
    "|radiographic|last"
)
# After FINDINGS or IMPRESSION without a colon, these make a sentence of it.
CONTINUED = (SENTENCE | UNFINISHED) - _words(
    "no|not|there|this|the|a|an|these|new|old|recent"
) | _words(
    "consistent|suggestive|suggest|suggesting|compatible|concerning|include|including"
    "|discussed|reported|communicated|represent|section|described|worrisome|indicate"
)
# Words that look like a heading but are not one.
NEVER = _words(
    "compression|depression|regression|progression|expression|suppression|oppression|occlusion"
    "|inclusion|exclusion|contusion|concussion|collusion|confusion|binding|bindings|winding"
    "|landing|mammary|option|union|pinion|reports|resort|sturdy|histology|unit|dose|funding"
    "|grounding|bending|ending|techniques|effusion|infusion|fusion|precision|decision"
    "|recession|aggression|indication of|bonding|standing|sending|feedings|fillings|landings"
    "|headings|readings|endings"
)
