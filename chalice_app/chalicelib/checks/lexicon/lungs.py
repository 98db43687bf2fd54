"""Findings of the lungs and the pleura."""

from __future__ import annotations

from chalicelib.checks.lexicon.table import Finding, Weight

_AIRSPACE = "airspace"
_FLUID = "pleural fluid"
_AIR = "pleural air"

FINDINGS = (
    Finding(
        "pneumothorax",
        Weight.ACUTE,
        "pneumothorax; pneumothoraces; ptx; pneumothoracies; air in the pleural space; pleural"
        " air; basilar air collection ~ pleural",
        sided=True,
        group=_AIR,
    ),
    Finding(
        "tension pneumothorax",
        Weight.ACUTE,
        "tension pneumothorax; pneumothorax under tension; pneumothorax with tension;"
        " pneumothorax ~ under tension",
        sided=True,
        group=_AIR,
    ),
    Finding(
        "hydropneumothorax",
        Weight.ACUTE,
        "hydropneumothorax; hydropneumothoraces; hemopneumothorax; pleural air fluid level",
        sided=True,
        group=_AIR,
        inferred_from=(_FLUID,),
    ),
    Finding(
        "pleural effusion",
        Weight.ACUTE,
        "pleural effusion; effusion; pleural fluid; fluid in the pleural space; pleural"
        " collection; pleural fluid collection; layering fluid; parapneumonic effusion;"
        " hydrothorax; fluid in the fissure; fissural fluid; subpulmonic effusion; loculated"
        " fluid; fluid ~ fissure; pleural ~ effusion; pleural ~ fluid",
        sided=True,
        group=_FLUID,
        inferred_from=("blunted costophrenic angle", "pleural thickening", "opacity"),
    ),
    Finding("hemothorax", Weight.ACUTE, "hemothorax; hemothoraces", sided=True, group=_FLUID),
    Finding("empyema", Weight.ACUTE, "empyema; pyothorax", sided=True, group=_FLUID),
    Finding(
        "blunted costophrenic angle",
        Weight.CHRONIC,
        "blunting ~ costophrenic/cp angle/sulcus/sulci/recess; blunting ~ costophrenic; blunted"
        " ~ costophrenic/cp angle/sulcus/sulci/recess; blunted ~ costophrenic; obscured"
        " costophrenic angle; obscuration of the costophrenic angle; blunted ~ sulcus; blunting"
        " ~ sulcus; blunting ~ cp",
        sided=True,
        group="costophrenic angle",
        inferred_from=(_FLUID, "pleural thickening"),
    ),
    Finding(
        "pleural thickening",
        Weight.INCIDENTAL,
        "pleural thickening; thickened pleura; pleural plaque; calcified pleura; apical cap;"
        " pleural scarring; pleural calcification; pleural reaction; pleural parenchymal"
        " scarring; pleuroparenchymal scarring; pleural ~ thickening; pleural ~ plaque; pleural"
        " capping; pleural ~ calcification; pleural based thickening; thickening of the pleura",
        sided=True,
        group="pleura",
        inferred_from=("scarring", "blunted costophrenic angle"),
    ),
    Finding(
        "consolidation",
        Weight.ACUTE,
        "consolidation; consolidative opacity; consolidative process; consolidative change;"
        " consolidated lung; airspace consolidation; air space consolidation; consolidating;"
        " consolidative; consolidated; consolidative airspace opacity",
        sided=True,
        group=_AIRSPACE,
        inferred_from=("atelectasis", "lung collapse"),
    ),
    Finding(
        "pneumonia",
        Weight.ACUTE,
        "pneumonia; bronchopneumonia; pneumonic; pneumonitis; lung infection; pulmonary"
        " infection; superimposed infection; infectious process; infection;"
        " infectious/inflammatory process; infectious infiltrate; infectious etiology",
        sided=True,
        group=_AIRSPACE,
        inferred_from=("interstitial change", "bronchial wall thickening"),
    ),
    Finding(
        "infiltrate",
        Weight.ACUTE,
        "infiltrate; infiltration; airspace infiltrate; air space infiltrate; alveolar"
        " infiltrate; interstitial infiltrate; infiltrative process",
        sided=True,
        group=_AIRSPACE,
        inferred_from=("interstitial change", "atelectasis"),
    ),
    Finding(
        "airspace disease",
        Weight.ACUTE,
        "airspace disease; air space disease; airspace opacity; air space opacity; airspace"
        " opacification; air space opacification; airspace process; air space process; alveolar"
        " opacity; airspace abnormality; air space abnormality; alveolar disease; alveolar"
        " process; airspace/interstitial disease; airspace density; alveolar opacification;"
        " parenchymal disease; airspace ~ opacity; airspace ~ disease; air bronchogram",
        sided=True,
        group=_AIRSPACE,
        inferred_from=("atelectasis", "interstitial change"),
    ),
    Finding(
        "opacity",
        Weight.ACUTE,
        "opacity; opacification; density; hazy density; haziness; shadowing; parenchymal"
        " opacity; opacified; parenchymal abnormality; pulmonary abnormality; lung abnormality;"
        " densities; opacifying; lung disease",
        sided=True,
        group=_AIRSPACE,
        inferred_from=("atelectasis", "scarring", "nodule", "mass", "interstitial change"),
    ),
    Finding(
        "ground-glass opacity",
        Weight.ACUTE,
        "ground glass opacity; groundglass opacity; ground glass opacification; ground glass;"
        " groundglass; ground glass density; ggo; ground glass ~ opacity",
        sided=True,
        group=_AIRSPACE,
    ),
    Finding(
        "aspiration",
        Weight.ACUTE,
        "aspiration; aspiration pneumonia; aspiration pneumonitis",
        sided=True,
        group=_AIRSPACE,
    ),
    Finding(
        "contusion",
        Weight.ACUTE,
        "contusion; pulmonary contusion; pulmonary hemorrhage; alveolar hemorrhage",
        sided=True,
        group=_AIRSPACE,
    ),
    Finding(
        "atelectasis",
        Weight.CHRONIC,
        "atelectasis; atelectases; atelectatic; atelectatic change; volume loss; loss of"
        " volume; lobar atelectasis; plate like/linear/discoid/subsegmental atelectasis;"
        " atelectatic band",
        sided=True,
        group="atelectasis",
        inferred_from=(
            _AIRSPACE,
            "low lung volumes",
            "scarring",
            "lung collapse",
            "elevated hemidiaphragm",
        ),
    ),
    Finding(
        "lung collapse",
        Weight.ACUTE,
        "lung collapse; lobe collapse; lobar collapse; collapsed lung; collapse; collapse ~"
        " lobe; collapse ~ lung; collapsed ~ lobe; collapsed ~ lung; whole lung collapse; white"
        " out; whiteout",
        sided=True,
        group="atelectasis",
    ),
    Finding(
        "nodule",
        Weight.ACUTE,
        "nodule; pulmonary nodule; nodular density; nodular opacity; lung nodule; coin lesion;"
        " nodularity; micronodule; nodular lesion; nodular shadow; nodular ~ opacity; nodular ~"
        " density; nodular focus; nodular",
        sided=True,
        group="nodule",
        inferred_from=("opacity", "granuloma"),
    ),
    Finding(
        "mass",
        Weight.ACUTE,
        "mass; lung mass; pulmonary mass; mass like opacity; masslike opacity; mass lesion;"
        " tumor; neoplasm; carcinoma; malignancy; neoplastic process; mass like consolidation;"
        " lung cancer; bronchogenic carcinoma; masslike; mass like; cancer; hilar/mediastinal"
        " mass; masslike density; mass like density; lymphoma",
        sided=True,
        group="nodule",
        inferred_from=("opacity", "lymphadenopathy", "wide mediastinum"),
    ),
    Finding(
        "metastases",
        Weight.ACUTE,
        "metastases; metastasis; metastatic disease; metastatic lesion; metastatic nodule;"
        " pulmonary metastases; metastatic; lymphangitic spread",
        group="metastases",
        inferred_from=("nodule", "bone lesion"),
    ),
    Finding(
        "lung lesion",
        Weight.ACUTE,
        "lung lesion; pulmonary lesion; parenchymal lesion; lesion",
        sided=True,
        group="nodule",
        inferred_from=("opacity",),
    ),
    Finding(
        "cavity",
        Weight.ACUTE,
        "cavity; cavitation; cavitary lesion; cavitary nodule; cavitating; cavitary mass;"
        " cavitary; lung abscess; abscess; cavitated",
        sided=True,
        group="cavity",
    ),
    Finding(
        "tuberculosis",
        Weight.ACUTE,
        "tuberculosis; tb; tuberculous; miliary disease; primary/active tuberculosis",
        sided=True,
        group="tuberculosis",
        inferred_from=("cavity", "granuloma", "scarring", _AIRSPACE),
    ),
    Finding(
        "granuloma",
        Weight.INCIDENTAL,
        "granuloma; granulomata; granulomatous disease; granulomatous change; granulomatous;"
        " calcified nodule; calcified granuloma; granulomatous infection; calcified nodular"
        " density; calcified lymph node; calcified hilar lymph node; calcified hilar node;"
        " calcified node; calcified mediastinal lymph node; granulomatous calcification;"
        " granulomatous sequela; calcified lung nodule; calcified pulmonary nodule; ghon;"
        " calcified ~ lymph node; calcified ~ granuloma; calcified ~ nodule; calcified ~ node;"
        " calcified ~ lymph; granulomatous ~ disease; ghon complex",
        sided=True,
        group="granuloma",
        inferred_from=("nodule",),
    ),
    Finding(
        "scarring",
        Weight.INCIDENTAL,
        "scarring; scar; fibrotic scarring; parenchymal scarring; pleural parenchymal scar;"
        " scar tissue; linear scar; parenchymal scar; fibrotic band; bandlike scarring",
        sided=True,
        group="scarring",
        inferred_from=("opacity", "atelectasis", "pleural thickening", "fibrosis"),
    ),
    Finding(
        "fibrosis",
        Weight.CHRONIC,
        "fibrosis; pulmonary fibrosis; fibrotic change; fibrotic; interstitial fibrosis;"
        " honeycombing; interstitial lung disease; ild; interstitial scarring; usual"
        " interstitial pneumonia",
        sided=True,
        group="interstitial",
        inferred_from=("scarring",),
    ),
    Finding(
        "interstitial change",
        Weight.CHRONIC,
        "interstitial opacity; interstitial marking; interstitial change; interstitial"
        " prominence; interstitial thickening; reticular opacity; reticular marking;"
        " reticulonodular opacity; reticulonodular; reticular; kerley b line; kerley line;"
        " septal line; septal thickening; interstitial disease; interstitial pattern;"
        " interstitial abnormality; increased/prominent/coarse/coarsened lung marking;"
        " interstitial process; prominent bronchovascular marking; prominence of the"
        " interstitium; prominent interstitium; increased interstitial marking; increased"
        " interstitial opacity; increased interstitial change; increased interstitial"
        " prominence; interstitial ~ opacity; interstitial ~ marking; increased bronchovascular"
        " marking; interstitial ~ disease; prominent ~ interstitial; prominence ~ interstitial;"
        " peribronchovascular interstitium; interlobular septal thickening",
        sided=True,
        group="interstitial",
        inferred_from=("pulmonary edema", "bronchial wall thickening", "opacity"),
    ),
    Finding(
        "bronchial wall thickening",
        Weight.CHRONIC,
        "bronchial wall thickening; bronchial thickening; airway thickening; peribronchial"
        " cuffing; peribronchial thickening; peribronchial opacity; airway wall thickening;"
        " bronchial cuffing; bronchitis; reactive airway disease; bronchiolitis; small airway"
        " disease; airway disease; peribronchial ~ thickening; thickened bronchial wall;"
        " thickened airway; bronchitic change; peribronchial marking; peribronchial prominence;"
        " bronchial inflammation; airway inflammation; peribronchial infiltrate",
        sided=True,
        group="airways",
        inferred_from=("interstitial change", "hyperinflation"),
    ),
    Finding(
        "bronchiectasis",
        Weight.CHRONIC,
        "bronchiectasis; bronchiectatic; bronchiectatic change; traction bronchiectasis",
        sided=True,
        group="airways",
    ),
    Finding(
        "emphysema",
        Weight.CHRONIC,
        "emphysema; emphysematous; emphysematous change; copd; chronic obstructive pulmonary"
        " disease; obstructive lung disease; chronic obstructive lung disease; emphysematous"
        " lung; centrilobular emphysema; chronic lung disease; obstructive pulmonary disease",
        group="emphysema",
        inferred_from=("interstitial change", "bulla"),
    ),
    Finding(
        "hyperinflation",
        Weight.INCIDENTAL,
        "hyperinflation; hyperinflated; hyperexpanded; hyperexpansion; overinflation;"
        " overinflated; flattened diaphragm; flattening of the diaphragm; air trapping;"
        " hyperaeration; flattened hemidiaphragm; flattening of the hemidiaphragm;"
        " hyperaerated; hyperlucent; hyperlucency; increased lung volume; large lung volume;"
        " flattening ~ diaphragm; diaphragm ~ flattened; hemidiaphragm ~ flattened; flattening"
        " ~ hemidiaphragm",
        group="emphysema",
    ),
    Finding(
        "bulla",
        Weight.CHRONIC,
        "bulla; bullae; bullous disease; bullous change; bleb; bullous; bullous emphysema;"
        " pneumatocele; giant bulla",
        sided=True,
        group="emphysema",
    ),
    Finding(
        "low lung volumes",
        Weight.INCIDENTAL,
        "low lung volume; low volume; small lung volume; hypoinflation; hypoinflated; poor"
        " inspiration; hypoventilation; diminished lung volume; decreased lung volume; reduced"
        " lung volume; hypoventilatory change; shallow inspiration; poor inspiratory effort;"
        " low inspiratory volume; underinflated; hypoexpanded; low inspiratory effort;"
        " bronchovascular crowding; suboptimal inspiration; hypoaeration; limited inspiration;"
        " expiratory; lung volume ~ low; volume ~ low; lung volume ~ decreased; incomplete"
        " inspiration; low level of inspiration; crowding of the bronchovascular marking;"
        " bibasilar hypoventilation; lung volume ~ diminished",
        group="volume",
    ),
)
