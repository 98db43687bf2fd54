"""Devices, what operations left behind, and where a device should not be."""

from __future__ import annotations

from chalicelib.checks.lexicon.table import Finding, Weight

FINDINGS = (
    Finding(
        "endotracheal tube",
        Weight.DEVICE,
        "endotracheal tube; et tube; ett; tracheal tube; endotracheal; orotracheal tube;"
        " intubated; endotracheal intubation; et; intubation; reintubation",
        group="airway device",
        opposite="extubation; extubated; interval extubation",
    ),
    Finding(
        "tracheostomy",
        Weight.DEVICE,
        "tracheostomy; tracheostomy tube; tracheotomy; trach tube; trach; tracheostomy cannula",
        group="airway device",
    ),
    Finding(
        "enteric tube",
        Weight.DEVICE,
        "enteric tube; nasogastric tube; ng tube; orogastric tube; og tube; dobhoff tube;"
        " feeding tube; gastric tube; dobbhoff tube; nasoenteric tube; ngt; ogt; dobhoff;"
        " dobbhoff; nasogastric; orogastric; enteric catheter; nasointestinal tube; esophageal"
        " tube; ng; og; enteric feeding tube; nasojejunal tube; nasogastric catheter;"
        " gastrostomy tube; peg tube; gastrostomy; enteric; feeding ~ tube; esophageal probe;"
        " esophageal temperature probe",
        group="enteric tube",
    ),
    Finding(
        "central line",
        Weight.DEVICE,
        "central venous catheter; central line; central venous line; picc; picc line; port a"
        " cath; portacath; port; infusion port; dialysis catheter; subclavian line; subclavian"
        " catheter; jugular line; jugular catheter; internal jugular catheter; internal jugular"
        " line; ij line; ij catheter; swan ganz catheter; swan ganz; cvc; central catheter;"
        " venous catheter; mediport; hemodialysis catheter; internal jugular; pulmonary artery"
        " catheter; dual lumen catheter; jugular central venous catheter; subclavian central"
        " venous catheter; cordis; ij; ij central line; jugular sheath; introducer sheath;"
        " hickman catheter; venous line; venous access; chest port; peripherally inserted"
        " central catheter; umbilical venous catheter; subclavian; vascular catheter; port"
        " catheter; porta cath; port a catheter; central venous access; permacath; pa catheter;"
        " venous sheath; jugular; uvc; uac; umbilical catheter; sheath; dual lumen dialysis"
        " catheter; medi port; power port; tunneled catheter; catheter tip ~ svc; catheter ~"
        " svc; line ~ svc; catheter ~ superior vena cava; catheter ~ atrium; line ~ superior"
        " vena cava; catheter ~ cavoatrial; vas cath; broviac; hickman; catheter ~ caval;"
        " central venous",
        sided=True,
        group="central line",
    ),
    Finding(
        "chest tube",
        Weight.DEVICE,
        "chest tube; pleural drain; pleural tube; pigtail catheter; thoracostomy tube; chest"
        " drain; pleural catheter; pigtail; pleurx catheter; intercostal drain; thoracic drain;"
        " pleural pigtail; thoracostomy; pleurx; drainage catheter; pigtail drain; pleural"
        " drainage catheter; pleural pigtail catheter; thoracostomy catheter; chest wall drain;"
        " mediastinal drain; chest catheter; basal tube",
        sided=True,
        group="chest tube",
    ),
    Finding(
        "pacemaker",
        Weight.DEVICE,
        "pacemaker; aicd; icd; pacing device; defibrillator; pacer; cardiac device; pacing"
        " wire; pacing lead; pacemaker lead; pacemaker device; pacer lead; generator;"
        " cardioverter defibrillator; pacer wire; cardiac pacing device; implantable"
        " cardioverter defibrillator; dual chamber device; pacemaker wire; defibrillator lead;"
        " loop recorder; dual lead pacemaker; biventricular pacemaker; crt d; crt; ventricular"
        " lead; atrial lead; cardiac conduction device; pectoral device; dual lead; pacing;"
        " pacemaker generator; pulse generator; biventricular device; epicardial lead;"
        " pacemaker pack; lead ~ atrium; lead ~ ventricle; lead ~ ventricular; lead ~ atrial",
        sided=True,
        group="cardiac device",
    ),
    Finding(
        "balloon pump",
        Weight.DEVICE,
        "balloon pump; intra aortic balloon pump; intraaortic balloon pump; iabp; aortic"
        " balloon pump; aortic balloon; impella; ecmo cannula; ventricular assist device; lvad;"
        " ecmo",
        group="support device",
    ),
    Finding(
        "stimulator",
        Weight.DEVICE,
        "stimulator; nerve stimulator; spinal cord stimulator; neurostimulator; infusion pump;"
        " pain pump; vagal nerve stimulator; intrathecal pump; baclofen pump; deep brain"
        " stimulator",
        group="support device",
    ),
    Finding(
        "support devices",
        Weight.DEVICE,
        "support device; monitoring and support device; line and tube; tube and line; support"
        " line; support apparatus; monitoring device; supporting device; support and monitoring"
        " device; hardware; support tube; tube and support device; line tube; medical device;"
        " life support device",
        group="support device",
    ),
    Finding(
        "monitoring leads",
        Weight.DEVICE,
        "monitoring lead; ekg lead; ecg lead; monitor lead; telemetry lead; external lead; ekg"
        " electrode; monitoring wire",
        group="support device",
    ),
    Finding(
        "sternotomy wires",
        Weight.DEVICE,
        "sternotomy wire; sternal wire; median sternotomy; sternotomy; post sternotomy;"
        " sternotomy suture; median sternotomy wire; cabg; coronary bypass; bypass graft;"
        " cerclage wire; sternal suture; coronary artery bypass",
        group="surgery",
    ),
    Finding(
        "surgical clips",
        Weight.DEVICE,
        "surgical clip; mediastinal clip; clip; surgical suture; suture material; suture;"
        " surgical staple; cholecystectomy clip; cholecystectomy; staple; vascular clip; suture"
        " line; staple line; surgical material; coronary clip; skin staple; surgical change;"
        " postsurgical change; postoperative change; lobectomy; mastectomy; pneumonectomy;"
        " thoracotomy",
        group="surgery",
    ),
    Finding(
        "heart valve",
        Weight.DEVICE,
        "prosthetic aortic valve; prosthetic valve; prosthetic heart valve; valve replacement;"
        " mitral valve replacement; aortic valve replacement; valve prosthesis; mechanical"
        " valve; bioprosthetic valve; artificial valve; prosthetic mitral valve; cardiac valve;"
        " annuloplasty; aortic valve; mitral valve; tavr; valve; valvular prosthesis",
        group="surgery",
    ),
    Finding(
        "orthopedic hardware",
        Weight.DEVICE,
        "spinal fusion; fusion hardware; orthopedic hardware; arthroplasty; shoulder"
        " arthroplasty; hip arthroplasty; spinal hardware; fixation hardware; spinal fixation;"
        " shoulder prosthesis; fixation plate; harrington rod; spinal rod; plate and screw;"
        " spinal fusion hardware; spinal fixation hardware; anchor screw; pedicle screw; knee"
        " arthroplasty; cervical fusion; rotator cuff anchor; orthopedic anchor; suture anchor;"
        " joint prosthesis; rod; screw; acdf; joint replacement; shoulder replacement; surgical"
        " hardware; surgical plate; fusion plate",
        sided=True,
        group="hardware",
    ),
    Finding(
        "stent",
        Weight.DEVICE,
        "stent; stent graft; aortic stent; coronary stent; esophageal stent; ivc filter; aortic"
        " endograft; endograft; vascular stent; inferior vena cava filter; bronchial stent;"
        " shunt catheter; ventriculoperitoneal shunt; vp shunt; shunt tubing",
        group="surgery",
    ),
    Finding(
        "foreign body",
        Weight.ACUTE,
        "foreign body; radiopaque foreign body; retained sponge; swallowed coin; coin; ingested"
        " object; bullet; bullet fragment; shrapnel; metallic fragment; metallic density;"
        " radiopaque density; metallic object; metallic foreign body; retained surgical item;"
        " ballistic fragment; pellet; button battery",
        group="foreign body",
    ),
    Finding(
        "overlying object",
        Weight.INCIDENTAL,
        "nipple ring; piercing; jewelry; necklace; overlying artifact; external artifact;"
        " nipple shadow",
        group="overlying object",
    ),
    Finding(
        "device malposition",
        Weight.ACUTE,
        "malpositioned; malposition; right mainstem; mainstem bronchus; right main stem"
        " bronchus; right main bronchus; mainstem intubation; bronchial intubation; coiled in"
        " the esophagus; coiled in the hypopharynx; coiled in the neck; coiled in the pharynx;"
        " tip in the esophagus; tip is in the esophagus; ends in the esophagus; terminates in"
        " the esophagus; too high; too low; coiled ~ esophagus; kinked; misplaced; coursing"
        " into the neck; ends in the neck; retracted; needs to be withdrawn; should be"
        " withdrawn; needs to be advanced; should be advanced; in the left main bronchus;"
        " fractured lead; disconnected lead; lead fracture; endobronchial; mispositioned; left"
        " main stem bronchus; left mainstem; coils in the esophagus; looped in the neck",
        sided=True,
        group="device position",
    ),
)
