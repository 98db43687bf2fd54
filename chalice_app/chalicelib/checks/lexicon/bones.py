"""Findings of the bones and the soft tissues."""

from __future__ import annotations

from chalicelib.checks.lexicon.table import Finding, Weight

_FRACTURE = "fracture"

FINDINGS = (
    Finding(
        "fracture",
        Weight.ACUTE,
        "fracture; fractured; clavicle/clavicular/humeral/humerus/sternal/scapular fracture;"
        " fracture line; hip/pelvic/femoral/femur/wrist/radial/tibial/ankle fracture; vertebral"
        " fracture",
        sided=True,
        group=_FRACTURE,
    ),
    Finding(
        "rib fracture",
        Weight.ACUTE,
        "rib fracture; fracture of the rib; fractured rib; flail chest; acute rib fracture; rib"
        " ~ fracture; rib ~ fractured; costal fracture",
        sided=True,
        group=_FRACTURE,
    ),
    Finding(
        "old fracture",
        Weight.INCIDENTAL,
        "old fracture; healed fracture; healing fracture; remote fracture; chronic fracture;"
        " rib deformity; deformity of the rib; fracture deformity; clavicle/clavicular"
        " deformity; old/healed/healing/remote/chronic/prior/previous/subacute/posttraumatic"
        " rib fracture; old/healed/healing/remote/chronic/prior/previous/subacute/posttraumatic"
        " ~ fracture; fracture ~ healed; rib ~ deformity; deformity ~ rib; post traumatic"
        " deformity; deformed rib; callus; posttraumatic change; posttraumatic deformity;"
        " deformity ~ clavicle; old trauma; clavicle ~ deformity; old ~ rib ~ fracture; healed"
        " ~ rib ~ fracture; chronic ~ rib ~ fracture; remote ~ rib ~ fracture;"
        " old/healed/healing ~ clavicle/clavicular ~ fracture; fracture ~ old; fracture ~"
        " chronic; rib fracture ~ healing; fracture nonunion; thoracotomy ~ rib; healing ~ rib"
        " ~ fracture; deformed ~ rib",
        sided=True,
        group="old fracture",
        inferred_from=(_FRACTURE,),
    ),
    Finding(
        "compression fracture",
        Weight.CHRONIC,
        "compression fracture; compression deformity; vertebral compression; wedge deformity;"
        " wedging; wedge compression; vertebral body height loss; loss of vertebral body"
        " height; anterior wedging; loss of height; height loss; vertebral plana; wedge"
        " fracture; compressed vertebra; vertebral body compression; vertebral deformity;"
        " compression ~ deformity; wedge compression fracture; wedge compression deformity;"
        " vertebral wedging; compressed ~ vertebral; compression ~ fracture; vertebroplasty;"
        " kyphoplasty; endplate deformity",
        group="old fracture",
    ),
    Finding(
        "degenerative change",
        Weight.INCIDENTAL,
        "degenerative change; degenerative disease; degenerative; spondylosis; osteophyte;"
        " osteophytosis; osteoarthritis; osteoarthritic; spurring; spur; arthritic change;"
        " arthritis; spondylotic change; disc disease; syndesmophyte; arthropathy; hypertrophic"
        " change; arthrosis; spondylitic; endplate change; disc space narrowing; dish; diffuse"
        " idiopathic skeletal hyperostosis; osteophytic; spondylotic; discogenic; endplate"
        " sclerosis; joint space narrowing; arthritic",
        group="degenerative",
    ),
    Finding(
        "scoliosis",
        Weight.INCIDENTAL,
        "scoliosis; dextroscoliosis; levoscoliosis; scoliotic; kyphoscoliosis; curvature of the"
        " spine; spinal curvature; levocurvature; dextrocurvature; s shaped curvature;"
        " curvature ~ spine; rotoscoliosis; dextroconvex; levoconvex",
        group="spine shape",
    ),
    Finding("kyphosis", Weight.INCIDENTAL, "kyphosis; kyphotic; gibbus", group="spine shape"),
    Finding(
        "osteopenia",
        Weight.INCIDENTAL,
        "osteopenia; osteopenic; osteoporosis; demineralization; demineralized; bone"
        " demineralization; decreased bone density; decreased bone mineralization;"
        " osteoporotic; low bone density; decreased mineralization",
        group="bone density",
        inferred_from=("compression fracture",),
    ),
    Finding(
        "bone lesion",
        Weight.ACUTE,
        "bone lesion; lytic lesion; lucent lesion; sclerotic lesion; blastic lesion; lytic;"
        " blastic; osteolysis; osseous lesion; destructive lesion; lytic bone lesion; blastic"
        " bone lesion; bony lesion; sclerotic focus; bone destruction; destructive bone lesion;"
        " bone island; bony destruction; osseous metastases; bone metastases; lytic osseous"
        " lesion; sclerotic bone lesion; lytic or blastic lesion; lytic or blastic bone lesion;"
        " sclerotic density; enchondroma",
        sided=True,
        group="bone lesion",
        inferred_from=("metastases",),
    ),
    Finding(
        "dislocation",
        Weight.ACUTE,
        "dislocation; dislocated; subluxation; subluxed; shoulder/glenohumeral dislocation;"
        " acromioclavicular separation; shoulder separation; high riding humeral head",
        sided=True,
        group="joint",
    ),
    Finding(
        "subcutaneous emphysema",
        Weight.ACUTE,
        "subcutaneous emphysema; subcutaneous air; subcutaneous gas; soft tissue air; soft"
        " tissue gas; soft tissue emphysema; chest wall emphysema; gas in the soft tissue; air"
        " in the soft tissue; subcutaneous ~ emphysema; subcutaneous ~ air; subcutaneous ~ gas;"
        " chest wall air; air ~ soft tissue; gas ~ soft tissue; chest wall gas; emphysema ~"
        " chest wall; emphysema ~ soft tissue; emphysema ~ neck",
        sided=True,
        group="soft tissue air",
    ),
)
