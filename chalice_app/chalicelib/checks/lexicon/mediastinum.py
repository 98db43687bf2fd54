"""Findings of the heart, the vessels, the mediastinum and the diaphragm."""

from __future__ import annotations

from chalicelib.checks.lexicon.table import Finding, Weight

_FAILURE = "heart failure"

FINDINGS = (
    Finding(
        "cardiomegaly",
        Weight.CHRONIC,
        "cardiomegaly; enlarged heart; cardiac enlargement; enlarged cardiac silhouette; heart"
        " enlargement; enlarged cardiomediastinal silhouette; enlarged cardiopericardial"
        " silhouette; cardiopericardial enlargement; heart ~ enlarged; cardiac ~ enlarged;"
        " cardiac ~ enlargement; heart ~ enlargement; cardiomediastinal ~ enlarged;"
        " cardiomediastinal ~ enlargement; cardiac prominence; prominent heart; prominent"
        " cardiac; cardiopericardial ~ enlarged; heart ~ large; cardiac ~ large; cardiac ~"
        " prominent; heart ~ prominent; heart size ~ increased; ventricular enlargement;"
        " ventricle ~ enlarged; cardiac ~ increased; heart ~ above; cardiac ~ above; atrial"
        " enlargement; enlarged atrium; cardiomyopathy; heart ~ enlarge; enlargement of the"
        " heart; ventricular prominence; cor ~ enlarged",
        group="heart size",
    ),
    Finding(
        "pericardial effusion",
        Weight.ACUTE,
        "pericardial effusion; pericardial fluid; pericardial ~ effusion; tamponade",
        group="pericardium",
        inferred_from=("cardiomegaly",),
    ),
    Finding(
        "pneumopericardium",
        Weight.ACUTE,
        "pneumopericardium; pericardial air; air in the pericardium",
        group="mediastinal air",
    ),
    Finding(
        "pulmonary edema",
        Weight.ACUTE,
        "pulmonary edema; edema; interstitial edema; alveolar edema; fluid overload; volume"
        " overload; interstitial pulmonary edema; pulmonary interstitial edema; reexpansion"
        " edema; hydrostatic edema; airspace edema; flash edema; vascular overload; failure"
        " pattern",
        group=_FAILURE,
        inferred_from=("interstitial change", "airspace"),
    ),
    Finding(
        "vascular congestion",
        Weight.CHRONIC,
        "vascular congestion; pulmonary venous congestion; venous congestion; congestion;"
        " vascular engorgement; cephalization; pulmonary vascular congestion; vascular"
        " redistribution; pulmonary venous hypertension; vascular prominence; prominent"
        " pulmonary vasculature; engorged pulmonary vasculature; vascular fullness; congested;"
        " pulmonary congestion; vascular ~ congestion; vascular ~ redistribution; vascular ~"
        " engorgement; vasculature ~ engorged; vasculature ~ prominent; vascularity ~"
        " prominent; vessel ~ engorged; vascularity ~ increased; vasculature ~ congested;"
        " engorgement ~ vasculature; engorgement ~ vascular; engorgement ~ vessel; pulmonary"
        " vein ~ engorged; congestive change; congestive; vascularity ~ engorged; engorgement;"
        " venous ~ congestion; indistinct vasculature; vasculature ~ indistinct; vasculature ~"
        " increased; prominence ~ vasculature; prominence ~ vascularity; vascular plethora;"
        " upper zone redistribution; vascular cephalization",
        group=_FAILURE,
        inferred_from=("interstitial change", "cardiomegaly"),
    ),
    Finding(
        "heart failure",
        Weight.ACUTE,
        "heart failure; congestive heart failure; chf; cardiac failure; cardiac decompensation;"
        " left ventricular failure; congestive failure; left heart failure; overt failure; mild"
        " failure; moderate failure",
        group=_FAILURE,
        inferred_from=("interstitial change", "cardiomegaly", "pleural fluid"),
    ),
    Finding(
        "wide mediastinum",
        Weight.ACUTE,
        "wide mediastinum; widened mediastinum; mediastinal widening; prominent mediastinum;"
        " mediastinal enlargement; mediastinal prominence; mediastinum ~ widened; mediastinum ~"
        " wide; mediastinum ~ prominent; mediastinal ~ widened; mediastinal ~ widening;"
        " mediastinum ~ enlarged; widening ~ mediastinum; widening ~ mediastinal; mediastinal ~"
        " prominence; mediastinal hematoma; mediastinal ~ prominent; mediastinal ~ enlarged;"
        " mediastinal ~ enlargement; prominent mediastinal silhouette; prominence ~"
        " mediastinum; paratracheal stripe thickening",
        group="mediastinum",
        inferred_from=("aortic aneurysm", "lymphadenopathy", "mass", "tortuous aorta"),
    ),
    Finding(
        "lymphadenopathy",
        Weight.ACUTE,
        "lymphadenopathy; adenopathy; enlarged lymph node; enlarged hilar node; hilar"
        " enlargement; hilar fullness; hilar prominence; prominent hila; prominent hilum;"
        " enlarged hilum; enlarged hila; hilar lymphadenopathy; fullness of the hila; fullness"
        " of the hilum; hila ~ prominent; hilum ~ prominent; hilar ~ fullness; hilar ~"
        " prominence; hilar ~ enlargement; hilum ~ enlarged; hila ~ enlarged; fullness ~ hilum;"
        " fullness ~ hila; prominence ~ hilum; prominence ~ hila; hila ~ full; hilum ~ full;"
        " lymph node enlargement; prominent hilar node; prominence ~ hilar; hilar ~ prominent",
        sided=True,
        group="hila",
        inferred_from=("nodule", "mass", "pulmonary artery enlargement"),
    ),
    Finding(
        "pulmonary artery enlargement",
        Weight.CHRONIC,
        "enlarged pulmonary artery; enlarged pulmonary arteries; pulmonary artery enlargement;"
        " prominent pulmonary artery; prominent pulmonary arteries; dilated pulmonary artery;"
        " pulmonary arterial hypertension; pulmonary hypertension; pulmonary artery"
        " hypertension; pulmonary artery ~ enlarged; pulmonary artery ~ prominent; main"
        " pulmonary artery prominence; pulmonary artery ~ dilated; pulmonary artery dilatation;"
        " pulmonary artery ~ prominence; enlargement ~ pulmonary artery; pulmonary artery ~"
        " enlargement; pulmonary arterial ~ enlargement; prominence ~ pulmonary artery;"
        " prominent hilar vessel; enlarged hilar vessel",
        group="hila",
    ),
    Finding(
        "pulmonary embolism",
        Weight.ACUTE,
        "pulmonary embolism; pulmonary embolus; pulmonary emboli; pulmonary thromboembolism;"
        " pulmonary infarct; pulmonary infarction; filling defect ~ pulmonary artery",
        group="embolism",
    ),
    Finding(
        "tortuous aorta",
        Weight.INCIDENTAL,
        "tortuous aorta; tortuous thoracic aorta; aortic tortuosity; aortic ectasia; ectatic"
        " aorta; unfolded aorta; uncoiled aorta; elongated aorta; aorta ~ tortuous; aorta ~"
        " ectatic; aorta ~ unfolded; tortuosity ~ aorta; ectasia ~ aorta; aorta ~ uncoiled;"
        " aorta ~ elongated; aortic ~ tortuosity; tortuosity of the descending; aortic"
        " elongation; unfolding ~ aorta; unfolding ~ aortic; prominent aorta; aorta ~"
        " prominent; tortuous ~ aortic; tortuous great vessel; tortuosity; tortuous",
        group="aorta",
    ),
    Finding(
        "aortic calcification",
        Weight.INCIDENTAL,
        "aortic calcification; calcified aorta; atherosclerosis; atherosclerotic; aortic"
        " atherosclerosis; atherosclerotic calcification; atherosclerotic disease; calcified"
        " aortic knob; vascular calcification; atherosclerotic change; aorta ~ calcified;"
        " aortic ~ calcification; calcification ~ aorta; calcification ~ aortic; aortic ~"
        " calcified; arteriosclerotic; arteriosclerosis; aorta ~ atherosclerotic; calcified ~"
        " aortic; atheromatous; atherosclerotic vascular disease; atherosclerotic vascular"
        " calcification; atheroma; atherosclerotic aorta; atherosclerotic plaque; coronary"
        " calcification; coronary artery calcification; mitral annular calcification; annular"
        " calcification",
        group="aorta",
    ),
    Finding(
        "aortic aneurysm",
        Weight.ACUTE,
        "aortic aneurysm; aneurysm; aneurysmal; aneurysmal dilatation; aneurysmal aorta;"
        " dilated aorta; thoracic aortic aneurysm; aorta ~ dilated; aorta ~ aneurysmal; aortic"
        " ~ dilatation; aortic dilation; aorta ~ enlarged; dilatation ~ aorta; aortic ~"
        " dilation",
        group="aorta",
        inferred_from=("wide mediastinum",),
    ),
    Finding(
        "aortic dissection",
        Weight.ACUTE,
        "aortic dissection; dissection; aortic rupture; aortic injury; aortic transection",
        group="aorta",
        inferred_from=("wide mediastinum",),
    ),
    Finding(
        "pneumomediastinum",
        Weight.ACUTE,
        "pneumomediastinum; mediastinal air; mediastinal gas; air in the mediastinum;"
        " mediastinal emphysema; gas in the mediastinum",
        group="mediastinal air",
    ),
    Finding(
        "mediastinal shift",
        Weight.ACUTE,
        "mediastinal shift; shift of the mediastinum; shifted mediastinum; shift of the heart;"
        " mediastinal displacement; mediastinum ~ shifted; shift ~ mediastinum; shift ~"
        " mediastinal; shift of midline structures; mediastinal ~ shift; cardiac shift",
        group="shift",
        inferred_from=("tracheal deviation", "tension pneumothorax"),
    ),
    Finding(
        "tracheal deviation",
        Weight.ACUTE,
        "tracheal deviation; deviated trachea; tracheal shift; deviation of the trachea;"
        " trachea ~ deviated; trachea ~ shifted; trachea ~ displaced; deviation ~ trachea;"
        " tracheal displacement; rightward trachea; leftward trachea; tracheal narrowing;"
        " displacement of the trachea; tracheal ~ deviation",
        group="shift",
    ),
    Finding(
        "hiatal hernia",
        Weight.INCIDENTAL,
        "hiatal hernia; hiatus hernia; paraesophageal hernia; sliding hernia; hernia; gastric"
        " hernia; intrathoracic stomach",
        group="hernia",
        inferred_from=("opacity", "mass"),
    ),
    Finding(
        "diaphragmatic hernia",
        Weight.CHRONIC,
        "diaphragmatic hernia; bochdalek hernia; morgagni hernia; diaphragmatic rupture;"
        " diaphragmatic injury; ventral hernia; abdominal hernia; inguinal hernia; umbilical"
        " hernia",
        sided=True,
        group="hernia",
    ),
    Finding(
        "fat pad",
        Weight.INCIDENTAL,
        "fat pad; epicardial fat pad; prominent epicardial fat pad; prominent fat pad;"
        " mediastinal fat; pericardial fat; prominent mediastinal fat; prominent pericardial"
        " fat; epicardial fat",
        group="fat",
    ),
    Finding(
        "elevated hemidiaphragm",
        Weight.INCIDENTAL,
        "elevated hemidiaphragm; elevated diaphragm; elevation of the hemidiaphragm;"
        " hemidiaphragm elevation; eventration; hemidiaphragm ~ elevated; diaphragm ~ elevated;"
        " elevation ~ hemidiaphragm; elevation ~ diaphragm; diaphragmatic elevation;"
        " eventration of the hemidiaphragm; hemidiaphragm ~ elevation; eventration ~"
        " hemidiaphragm; eventration ~ diaphragm; diaphragmatic eventration",
        sided=True,
        group="diaphragm",
        inferred_from=("lung collapse", "low lung volumes"),
    ),
)
