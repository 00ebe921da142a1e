"""Invented persons from Exampleland, as starting points: who they are, what they told, and what they hope for.

Nobody here exists. `demo` varies each story by chance, so that no two persons answer alike. Ids are those of
`first_level`, the ILO sets and `safe_return`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from safe_lib.model.answers import AgeGroup

HOME, ELSEWHERE, STAY, THIRD = "home_region", "relocation", "stay", "third_country"

FIRST_NAMES: Final = (
    "Mira", "Tomas", "Ilka", "Daro", "Senna", "Viko", "Lirra", "Pavo", "Anouk", "Jorin", "Tesse", "Marek", "Oline", "Kasimo", "Veda", "Nilo",
    "Rasha", "Emil", "Yola", "Bastian", "Fenna", "Goran", "Ziva", "Lukan",
)
LANGUAGES: Final = ("Sellish, by telephone interpreter.", "Northern Exampli; understands some English.", "Vara dialect; interpreter in the room.", "Exampli.")


@dataclass(frozen=True, slots=True)
class Hope:
    """One future: its kind, a place in Exampleland where it leads there, and what the person says about it."""

    kind: str
    words: str
    place: str = ""
    own: Mapping[str, str] = field(default_factory=dict)  # answers that count for this future only


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of a plan: what it is about, what is done, by whom, in how many days, and how it is proven."""

    about: str
    measure: str
    owner: str
    days: int
    proof: str = ""
    status: str = "planned"
    residual: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """One invented person before chance varies the answers."""

    id: str
    ilo: str  # the set that fits
    words: str  # what the person wants us to know
    signals: tuple[str, ...]  # of first_level, heard or seen
    present: tuple[str, ...]  # of the ILO set
    hopes: tuple[Hope, ...]  # in the person's own order
    age: AgeGroup = "adult"
    children: bool = False  # children would travel along
    dangers: tuple[str, ...] = ()
    known: float = 0.85  # how much of the rest could be asked
    stops: tuple[str, ...] = ()  # active
    unsettled: tuple[str, ...] = ()  # hard stops that nobody could clear yet
    risks: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()
    protects: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    could_happen: str = ""
    plan: tuple[Measure, ...] = ()
    later: Mapping[str, str] = field(default_factory=dict)  # answers that changed after the assessment was kept


STORIES: Final[tuple[Story, ...]] = (
    Story(
        "greenhouse", "ilo_adult_labour",
        "They said eight hours and a room of my own. It was fourteen hours, and we slept nine to a container.",
        ("ET07", "ET11", "ET15", "ET16", "ET19", "ET20", "ET22", "ET23"),
        ("DR01", "DR02", "DR05", "DR08", "RV02", "EX01", "EX02", "EX03", "EX04", "CD01", "CD02", "CD14", "VD01", "VD02"),
        (Hope(STAY, "First I want my wages. I worked for them.", own={"STA-05": "present", "STA-01": "partly"}),
         Hope(HOME, "Later home, to my sister, when the debt is gone.", "Norrin"),
         Hope(ELSEWHERE, "Or the coast. My cousin mends boats there.", "Port Sellen", {"REL-01": "partly", "REL-06": "present", "SAF-01": "absent"})),
        unsettled=("HS04", "HS10"), risks=("SAF-01", "DEB-01", "RET-03", "PRO-04", "LIV-01"), partly=("SAF-03", "DEB-04", "FAM-03", "LIV-02"),
        protects=("VOL-06", "FAM-07", "LIV-07"),
        notes={"CD01": "Passport lay in the foreman's drawer; a colleague saw it there.", "DEB-01": "A lender in Norrin telephones the sister."},
        could_happen="The lender may come to the sister's house in the first weeks and ask for what is left of the debt.",
        plan=(Measure("DEB", "Legal advice on the debt, which may be void", "Lawyer", 14, "Letter of advice", "planned", "moderate"),
              Measure("HS10", "Room at the cousin's confirmed in writing", "Counsellor", 21, "Signed letter"),
              Measure("LIV", "Claim for unpaid wages filed", "Labour-rights adviser", 10, "Receipt", "done", "low"))),
    Story(
        "border", "ilo_adult_labour",
        "In the van they told me it was another house, and the first year without pay. Then the police stopped us.",
        ("ET08", "ET09", "ET11", "ET12"),
        ("DR01", "DR07", "DR08", "CR04", "CR05", "RV06", "RV14"),
        (Hope(HOME, "Home. My mother does not know where I am.", "Eastern Hills"),
         Hope(STAY, "If they look for me at home, I would rather wait here.", own={"STA-02": "present", "STA-04": "partly"})),
        unsettled=("HS04", "HS10"), risks=("SAF-01", "RET-04", "RET-07"), partly=("SAF-03", "DEB-04", "LIV-02", "REC-03"), protects=("FAM-07", "VOL-07"),
        notes={"DR01": "The advertisement is still on her telephone."},
        could_happen="The driver knows the village and may ask for the price of the journey.",
        later={"HS10": "cleared", "HS04": "cleared"}),
    Story(
        "flats", "ilo_adult_sexual",
        "He said we would marry. Then there was a list of what I owed him, and it grew every week.",
        ("ET06", "ET14", "ET16", "ET17", "ET25", "ET26", "ET27"),
        ("DR02", "DR09", "CR04", "RV11", "CD02", "CD03", "CD05", "CD07", "CD08", "CD13", "EX01", "EX02", "EX03", "EX05", "VD01", "VD05"),
        (Hope(STAY, "I want to stay where nobody can find me.", own={"STA-05": "present", "STA-03": "partly"}),
         Hope(ELSEWHERE, "If I must go, then to the capital and not to the lake.", "Lindava",
              {"REL-01": "present", "REL-03": "partly", "REL-07": "partly", "SAF-01": "partly"}),
         Hope(THIRD, "My aunt lives abroad. I have not asked her.", own={"THI-01": "present", "THI-02": "absent"})),
        dangers=("DG09",), stops=("HS04",), unsettled=("HS05", "HS12"),
        risks=("SAF-01", "SAF-02", "SAF-05", "SAF-07", "DEB-01", "DEB-03", "PRO-01", "FAM-04", "HEA-03"), partly=("DEB-05", "RET-01", "GEN-04"),
        protects=("HEA-07", "REC-07"),
        notes={"SAF-07": "Two men came to her mother's house; the mother moved to a neighbour.", "CD13": "She heard it from her mother by telephone."},
        could_happen="The men who visited her mother may harm her or the family if she comes back to the lake.",
        plan=(Measure("HS04", "Safety plan for mother and sister, with their consent", "Specialist organisation", 3, "Agreed with the mother", "done", "high"),
              Measure("HEA", "Trauma care, first appointment", "Health service", 7, "Date in the letter", "confirmed", "moderate"))),
    Story(
        "household_child", "ilo_child_labour",
        "I looked after the children and the house. They said school would come later.",
        ("ET02", "ET13", "ET15", "ET33", "ET34"),
        ("DR10", "RV01", "RV09", "EX01", "EX02", "EX09", "CD03", "CD07", "VD01", "VD04"),
        (Hope(STAY, "I want to go to school here, and see my brother.", own={"STA-05": "present", "STA-06": "present"}),
         Hope(HOME, "My grandmother, if she is well.", "Lake Vara")),
        age="child", stops=("HS02",), unsettled=("HS05", "HS14"), risks=("CHI-01", "CHI-02", "FAM-01", "RET-02", "RET-04"),
        partly=("CHI-05", "FAM-03", "DOC-03"),
        protects=("CHI-07", "FAM-08"), known=0.75,
        notes={"CHI-02": "The uncle arranged the journey; nobody has visited the grandmother."},
        could_happen="The uncle may send her away again, to the same household or another.",
        plan=(Measure("HS02", "Best-interests procedure opened", "Guardian", 30, "Decision in writing"),)),
    Story(
        "age_in_doubt", "ilo_child_labour",
        "My paper says nineteen. They gave me that paper.",
        ("ET03", "ET08", "ET20", "ET21", "ET35"),
        ("DR02", "DR06", "CR05", "EX01", "EX02", "EX05", "EX06", "CD01", "CD11", "VD02", "VD05"),
        (Hope(STAY, "Stay, and learn a trade.", own={"STA-01": "partly", "STA-04": "present"}),
         Hope(HOME, "Not now.", "Norrin")),
        age="disputed", dangers=("DG08",), unsettled=("HS02", "HS03", "HS07"), risks=("CHI-03", "CHI-04", "DOC-01", "RET-02"), partly=("SAF-03", "LIV-02"),
        known=0.6, notes={"CHI-04": "Says he was born in the year of the flood; a school report is being looked for."},
        could_happen="A transfer as an adult may come before his age is settled."),
    Story(
        "little_said", "ilo_adult_labour",
        "I do not want to talk about the work. Can you help me with the letter?",
        ("ET01", "ET05"), ("EX02",),
        (Hope(STAY, "I do not know yet."),),
        known=0.15, unsettled=("HS01", "HS03", "HS04", "HS08", "HS13"), partly=("VOL-05", "HEA-03"),
        notes={"ET01": "Looked at the door when a car stopped outside."}),
    Story(
        "plants", "ilo_adult_labour",
        "They locked us in with the lamps. If police come, they said, you say you came alone.",
        ("ET02", "ET14", "ET18", "ET31", "ET32"),
        ("DR01", "CR04", "RV02", "EX01", "EX02", "EX06", "CD02", "CD03", "CD06", "CD10", "CD11", "VD01", "VD05"),
        (Hope(STAY, "Stay until the case is over. I am afraid to speak.", own={"STA-04": "present", "STA-05": "partly"}),
         Hope(HOME, "Home only if nobody knows the day.", "High Fells")),
        unsettled=("HS03", "HS04", "HS12"), stops=("HS07",), risks=("SAF-04", "SAF-06", "DEB-01", "PRO-03", "DOC-05"), partly=("SAF-01", "SAF-05", "GEN-05"),
        protects=("PRO-07",), known=0.7,
        notes={"PRO-03": "The lawyer has asked for the decision not to prosecute in writing."},
        could_happen="He may be punished for the work in the house, here or on return."),
    Story(
        "going_home", "ilo_adult_labour",
        "I was cheated, and it is over. I want to go home to my daughter before the winter.",
        ("ET15", "ET22"), ("DR08", "EX01", "EX02", "EX07", "CD14"),
        (Hope(HOME, "Home to my daughter. The room at my brother's is ready.", "Norrin"),
         Hope(STAY, "Staying would only be waiting.", own={"STA-01": "present"})),
        known=1.0, partly=("LIV-02", "LIV-03", "DEB-04"),
        protects=("VOL-06", "VOL-07", "SAF-09", "DEB-06", "RET-08", "RET-09", "PRO-06", "FAM-07", "HEA-07", "LIV-06",
                  "LIV-07", "DOC-06", "REC-05", "REC-06", "REC-07"),
        notes={"REC-05": "Met the partner in Norrin online on two days; she liked the woman who will meet her."},
        could_happen="She may be without income from the third month, and an old recruiter lives in the next street.",
        plan=(Measure("LIV", "Training place with a starting date", "Partner in Norrin", 20, "Letter", "confirmed", "moderate"),
              Measure("RET", "Mentor for the first year", "Partner in Norrin", 10, "Name known to her", "done", "low"),
              Measure("REC", "Somebody she knows by face waits at the gate", "Counsellor", 25, "Photograph exchanged", "confirmed", "low"))),
    Story(
        "mother", "ilo_adult_sexual",
        "Everything I did was so that the two of them could eat.",
        ("ET06", "ET16", "ET17", "ET25"),
        ("DR05", "RV09", "CR04", "CD02", "CD05", "CD07", "CD13", "EX01", "EX02", "EX03", "EX04", "EX05", "VD03", "VD04"),
        (Hope(ELSEWHERE, "A town where nobody knows us, with a school.", "Port Sellen", {"REL-05": "partly", "REL-07": "present", "SAF-01": "absent"}),
         Hope(STAY, "Here, if the children may stay in their class.", own={"STA-05": "present", "STA-06": "present"})),
        children=True, known=0.97, stops=("HS10",), unsettled=("HS02", "HS14"), risks=("FAM-02", "FAM-04", "LIV-01", "LIV-03", "DOC-03"),
        partly=("CHI-01", "CHI-05", "DEB-01", "REC-02"), protects=("CHI-07", "HEA-07", "REC-06"),
        notes={"DOC-03": "The younger child has no birth certificate."},
        could_happen="Without a place to sleep she would go back to the cousin who introduced her to the man.",
        plan=(Measure("DOC", "Birth certificate for the younger child", "Lawyer", 40, "Certificate"),
              Measure("HS10", "Two rooms confirmed in writing for the first months", "Partner in Port Sellen", 30, "Letter")),
        later={"HS02": "cleared", "HS14": "cleared"}),
    Story(
        "street_child", "ilo_child_sexual",
        "There is a friend who gives me things. You would not like him.",
        ("ET17", "ET26", "ET35"),
        ("RV01", "RV11", "CR02", "CD03", "CD05", "CD07", "CD08", "VD01", "VD04"),
        (Hope(STAY, "Stay, and he must not know where.", own={"STA-03": "present", "STA-05": "partly"}),),
        age="child", dangers=("DG04", "DG01"), unsettled=("HS02", "HS13"), risks=("CHI-01", "CHI-03", "RET-02", "RET-05", "DEB-05", "HEA-03"),
        partly=("HEA-04", "FAM-03"), known=0.5, notes={"DG04": "Was away two nights last week; came back with a new telephone."},
        could_happen="She may leave with the friend at any moment."),
    Story(
        "tired_traveller", "ilo_adult_labour",
        "The road was long. I worked in a kitchen for a while and then went on. It was a normal kitchen.",
        ("ET03", "ET05"), (),
        (Hope(THIRD, "To my brother, further north.", own={"THI-01": "partly", "THI-03": "partly"}),
         Hope(STAY, "Or here, if they let me.", own={"STA-01": "partly"})),
        known=0.95, unsettled=("HS03",), partly=("VOL-02", "HEA-05"), protects=("HEA-07",),
        notes={"ET03": "Feet sore from walking; seen by the nurse."},
        later={"HS03": "active"}),
    Story(
        "ship", "ilo_adult_labour",
        "On the ship you cannot leave. The captain had our books, and two of us were hurt.",
        ("ET03", "ET07", "ET14", "ET20", "ET21", "ET24"),
        ("DR02", "DR08", "CR06", "RV07", "EX01", "EX02", "EX05", "EX06", "CD01", "CD03", "CD04", "CD12", "VD01"),
        (Hope(HOME, "Home, but the agent lives two streets away.", "Port Sellen", {"SAF-01": "present"}),
         Hope(ELSEWHERE, "Then rather inland, with the uncle.", "Norrin", {"REL-06": "present", "REL-01": "partly", "SAF-01": "absent"})),
        unsettled=("HS12",), risks=("SAF-03", "RET-03", "LIV-02"), partly=("SAF-04", "DEB-02", "HEA-02", "PRO-04"),
        protects=("VOL-06", "FAM-07", "HEA-06", "DOC-06"),
        notes={"CD04": "A colleague's hand was crushed; the doctor's letter names the ship.", "HEA-02": "Needs his shoulder seen to within two months."},
        could_happen="The agent may press him to take back what he told the inspector.",
        plan=(Measure("SAF", "Arrive on another day than the agent was told", "Counsellor", 12, "Booking seen", "confirmed", "moderate"),)),
)
