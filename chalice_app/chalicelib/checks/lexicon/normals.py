"""Normal statements, and what each of them excludes."""

from __future__ import annotations

from chalicelib.checks.lexicon.table import Finding, Weight

FINDINGS = (
    Finding(
        "normal chest",
        Weight.NORMAL,
        "normal chest; negative chest; unremarkable chest; normal chest radiograph; normal"
        " chest x ray; normal study; normal examination; normal exam; negative examination;"
        " negative exam; negative study; normal radiograph; unremarkable examination;"
        " unremarkable study; chest ~ normal; chest ~ negative; chest ~ unremarkable; normal"
        " radiographic appearance of the chest; negative chest x ray; cxr ~ normal; examination"
        " ~ normal; study ~ normal; exam ~ normal; normal cxr; normal two view chest; chest"
        " within normal limits; clear chest; chest is clear; chest ~ clear; normal film; film ~"
        " normal; radiograph ~ normal; radiograph ~ unremarkable; x ray ~ normal; normal x ray;"
        " study ~ unremarkable",
    ),
    Finding(
        "no acute abnormality",
        Weight.NORMAL,
        opposite=(
            "acute cardiopulmonary abnormality; acute cardiopulmonary disease; acute"
            " cardiopulmonary process; acute cardiopulmonary finding; acute disease; acute"
            " finding; acute abnormality; acute process; acute intrathoracic abnormality; acute"
            " intrathoracic process; acute pulmonary disease; acute pulmonary process; acute"
            " pulmonary abnormality; active disease; active cardiopulmonary disease; acute"
            " chest disease; acute pulmonary finding; acute radiographic abnormality; acute"
            " change; acute cardiopulmonary change; active pulmonary disease; acute"
            " intrathoracic disease; acute thoracic abnormality; acute cardiac or pulmonary"
            " disease; acute chest abnormality; acute intrathoracic finding; acute lung"
            " disease; active process; cardiopulmonary disease; cardiopulmonary abnormality;"
            " acute ~ cardiopulmonary ~ disease; acute ~ cardiopulmonary ~ process; acute ~"
            " cardiopulmonary ~ abnormality; acute ~ cardiopulmonary ~ finding; active"
            " cardiopulmonary process; active cardiopulmonary abnormality; acute radiographic"
            " cardiopulmonary process; active/acute cardiopulmonary disease; acute/active"
            " cardiopulmonary disease; active lung disease; acute cardiopulmonary pathology;"
            " acute pathology; acute abnormalities; active ~ disease; acute ~ abnormality;"
            " acute ~ process; acute ~ finding; acute ~ disease; significant abnormality; acute"
            " cardiopulmonary pathology; active infiltrate or effusion; intrathoracic"
            " abnormality; radiographic abnormality; cardiopulmonary process; pulmonary"
            " disease; abnormality of the chest; acute cardiac pulmonary process; acute"
            " cardiac; acute cardiopulmonary; evidence of disease; intrathoracic disease; acute"
            " intrathoracic; abnormal finding; acute ~ pathology; acute illness"
        ),
    ),
    Finding(
        "clear lungs",
        Weight.NORMAL,
        "clear lung; lung ~ clear; lung ~ unremarkable; lung ~ normal; lung field ~ clear;"
        " normal lung; lung base ~ clear; base ~ clear; lung parenchyma ~ clear; lung are"
        " clear; unremarkable lung; lung clear; clear bilaterally; hemithorax ~ clear; lobe ~"
        " clear; apex ~ clear; lung zone ~ clear; parenchyma ~ clear; parenchyma ~ normal; free"
        " of active disease; free of acute disease; free of focal airspace disease",
        sided=True,
        denies=("airspace", "nodule", "pulmonary edema", "cavity"),
    ),
    Finding(
        "normal heart size",
        Weight.NORMAL,
        "normal heart; normal heart size; normal cardiac size; normal cardiac silhouette; heart"
        " ~ normal; cardiac ~ normal; cardiomediastinal ~ normal; cardiomediastinal ~"
        " unremarkable; heart ~ unremarkable; cardiac ~ unremarkable; normal cardiomediastinal"
        " silhouette; heart ~ limits of normal; cardiopericardial ~ normal; normal size heart;"
        " unremarkable cardiac silhouette; normal sized heart; unremarkable heart; normal"
        " cardiomediastinal contour; cardiac ~ limits of normal; cardiopulmonary silhouette ~"
        " normal; cardiovascular ~ normal; normal cardiac contour; unremarkable"
        " cardiomediastinal; normal cardiac; normal cardiomediastinal; cardiomediastinal ~"
        " intact; normal size of the cardiac silhouette; cardiomediastinal silhouettes ~"
        " normal; cor ~ normal",
        denies=("cardiomegaly",),
    ),
    Finding(
        "borderline heart size",
        Weight.NORMAL,
        "heart ~ upper limits of normal; heart ~ top normal; heart ~ upper limits normal;"
        " cardiac ~ upper limits of normal; cardiac ~ top normal; cardiac ~ upper limits"
        " normal; heart ~ upper normal limits; borderline heart size; heart ~ borderline;"
        " cardiac ~ borderline; cardiomediastinal ~ upper limits of normal; heart ~ upper range"
        " of normal",
    ),
    Finding(
        "normal mediastinum",
        Weight.NORMAL,
        "normal mediastinum; mediastinum ~ normal; mediastinal ~ normal; mediastinum ~"
        " unremarkable; mediastinal ~ unremarkable; cardiomediastinal ~ normal;"
        " cardiomediastinal ~ unremarkable; trachea ~ midline; midline trachea; normal"
        " cardiomediastinal silhouette; normal mediastinal contour; normal cardiomediastinal"
        " contour; mediastinum ~ clear; unremarkable mediastinum; normal cardiomediastinal;"
        " unremarkable cardiomediastinal; mediastinum ~ midline; mediastinum ~ intact; trachea"
        " ~ central; mediastinal ~ intact; mediastinal ~ clear",
        denies=("wide mediastinum", "mediastinal shift", "tracheal deviation"),
    ),
    Finding(
        "normal hila",
        Weight.NORMAL,
        "normal hila; hila ~ normal; hilar ~ normal; hila ~ unremarkable; hilar ~ unremarkable;"
        " hilum ~ normal",
        denies=("lymphadenopathy",),
    ),
    Finding(
        "normal vasculature",
        Weight.NORMAL,
        "normal pulmonary vascularity; pulmonary vascularity ~ normal; vasculature ~ normal;"
        " vascularity ~ normal; pulmonary vessel ~ normal; vasculature ~ unremarkable; normal"
        " vascularity; normal pulmonary vasculature; vessel ~ normal; vascularity ~"
        " unremarkable; vascular ~ normal; normal vasculature; normal pulmonary vascular;"
        " vascular ~ unremarkable",
        denies=("vascular congestion", "heart failure"),
    ),
    Finding(
        "normal bones",
        Weight.NORMAL,
        "bone ~ intact; bone ~ normal; bone ~ unremarkable; osseous ~ intact; osseous ~ normal;"
        " bony ~ intact; osseous ~ unremarkable; bony ~ unremarkable; bony ~ normal; skeleton ~"
        " unremarkable; normal bone; skeleton ~ intact; skeletal ~ unremarkable; bony thorax ~"
        " intact; skeletal ~ intact; rib ~ intact; skeleton ~ normal; thoracic spine ~ intact;"
        " spine ~ normal; spine ~ unremarkable; skeletal ~ normal; rib ~ unremarkable; clavicle"
        " ~ intact; spine ~ intact",
        denies=("fracture", "bone lesion", "dislocation"),
        opposite=(
            "bony abnormality; osseous abnormality; bone abnormality; acute bony abnormality;"
            " acute osseous abnormality; acute bone abnormality; acute skeletal abnormality;"
            " skeletal abnormality; bony finding; osseous finding; acute osseous finding; acute"
            " bony finding; acute bony findings; acute or destructive bone abnormality; osseous"
            " pathology; bony pathology; acute osseous process; acute bony process; acute"
            " osseous injury; bony injury"
        ),
    ),
    Finding(
        "sharp costophrenic angles",
        Weight.NORMAL,
        "costophrenic ~ clear; costophrenic ~ sharp; sharp costophrenic angle; pleural space ~"
        " clear; pleural space ~ normal; pleural ~ unremarkable; pleural ~ normal; pleura ~"
        " normal; sulci ~ clear; pleura ~ unremarkable; cp angle ~ sharp; cp angle ~ clear;"
        " sulcus ~ clear; normal pleura; sulci ~ sharp; sulcus ~ sharp; clear pleural space;"
        " pleura ~ clear; costophrenic ~ preserved; normal pleural; costophrenic ~"
        " unremarkable; costophrenic ~ intact",
        denies=("pleural fluid", "blunted costophrenic angle"),
    ),
    Finding(
        "normal abdomen",
        Weight.NORMAL,
        "abdomen ~ normal; abdomen ~ unremarkable; upper abdomen ~ unremarkable; bowel gas ~"
        " normal; bowel gas ~ unremarkable; bowel gas pattern ~ normal; normal abdomen;"
        " unremarkable bowel gas",
        denies=("bowel",),
    ),
    Finding(
        "normal soft tissues",
        Weight.NORMAL,
        "soft tissue ~ unremarkable; soft tissue ~ normal; soft tissue ~ intact; normal soft"
        " tissue",
        denies=("soft tissue air",),
    ),
    Finding(
        "stable exam",
        Weight.NORMAL,
        "stable examination; stable exam; stable chest; unchanged examination; unchanged chest;"
        " chest ~ stable; chest ~ unchanged; examination ~ unchanged; examination ~ stable;"
        " exam ~ unchanged; exam ~ stable; appearance ~ unchanged; appearance ~ stable; no"
        " interval change; no significant change; no significant interval change; no change; no"
        " acute interval change; no acute change; no acute changes from prior; without change;"
        " no appreciable change; no substantial change; no significant interval changes",
    ),
)
