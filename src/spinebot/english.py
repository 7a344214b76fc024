"""What spinebot knows of English whatever the article: forms, contractions, small words.

Data only. What belongs to a subject (what people call a herniated disc) stands in `intents.yaml`.
"""

from __future__ import annotations


def _table(text: str) -> dict[str, str]:
    """`"went gone: go; felt: feel"` → `{"went": "go", "gone": "go", "felt": "feel"}`."""
    table = {}
    for entry in text.split(";"):
        forms, _, base = entry.partition(":")
        for form in forms.split():
            table[form] = base.strip()
    return table


# Irregular forms, numerals, and spellings that differ between countries: form → the word it is.
FORMS = _table("""
    went gone goes goin: go; felt: feel; fell fallen: fall; took taken: take; broke broken: break; lost: lose; loses: lose;
    wore worn: wear; tore torn: tear; slept: sleep; got gotten gettin: get; gave given givin: give; said: say; woke woken: wake;
    swollen: swell; bent: bend; began begun: begin; came: come; did done does doing: do; had has havin: have; made: make; knew known: know;
    thought: think; told: tell; stood: stand; sat: sit; drove driven: drive; ate eaten: eat; drank drunken: drink; wrote written: write;
    spoke spoken: speak; grew grown: grow; threw thrown: throw; shook shaken: shake; bled: bleed; dying: die; heard: hear;
    held: hold; kept: keep; left: left; laid lain: lie; meant: mean; ran: run; saw seen: see; sent: send; shrank shrunk: shrink;
    stuck: stick; taught: teach; thrust: thrust; wound: wound; flew flown: fly; rode ridden: ride; hid hidden: hide; bitten: bite;
    chose chosen: choose; froze frozen: freeze; bought: buy; brought: bring; caught: catch; built: build; paid: pay; sold: sell;
    spent: spend; led: lead; met: meet; found: find; became: become; dove: dive;
    disk: disc; disks discs: disc; vertebrae vertebral vertabra vertebras: vertebra; feet: foot; teeth: tooth; children kids kid: child;
    women: woman; men: man; knives: knife; worse worst: worse; was were been being: be; is are am: be; isn: be;
    ageing aging aged ages: age; tumour: tumor; anaesthetic anesthetic anaesthetics anesthetics: anesthetic; oedema: edema;
    haemorrhage: hemorrhage; haematoma: hematoma; orthopaedic: orthopedic; paralysed paralyzed: paralyse; paralyzing: paralyse;
    specialise specialised: specialize; tyre tyres: tire; grey: gray; centre: center; colour: color; favour favouring favoring: favor;
    ten: 10; eleven: 11; twelve: 12; dozen: 12; thirteen: 13; fourteen: 14; fifteen: 15; sixteen: 16; seventeen: 17; eighteen: 18;
    nineteen: 19; twenty: 20; thirty: 30; forty: 40; fourty: 40; fifty: 50; sixty: 60; seventy: 70; eighty: 80; ninety: 90; hundred: 100;
    peeing peed: pee; weeing weed: wee; pooped pooping poos pooed: poo; poop poops: poo; diseases: disease; commonest: common; rarest: rare; likeliest: likely; painfulest: painful; causes causing caused: cause;
    related relating relates: relate; relation relations relationship relationships: relate; linked linking links: link;
    muscular: muscle; ligamentous: ligament; achy: ache; carpel: carpal
""")

# Words that the stemmer would make one with a word of another meaning ("medical" is no "medication").
UNSTEMMED = frozenset("""
    died blindingly numbing medical medically manager managers dreadful dreadfully arthritic nervous operator general generally news padded mugged
    mugging privates totaled totalled rigorous rigorously heroine heroines secondaries tarried fitness
""".split())

# Contractions and texting. Apostrophes are dropped before the table is asked ("can't" and "cant" are one).
SHORTHAND = _table("""
    cant cannot cnt carnt: can not; dont dnt dunno: do not; doesnt dosnt doesn dsnt: do not; didnt: do not; wont: will not; isnt: be not;
    arent: be not; wasnt: be not; werent: be not; havent: have not; hasnt: have not; hadnt: have not; couldnt cudnt: could not;
    wouldnt wudnt: would not; shouldnt: should not; mustnt: must not; neednt: need not; aint: be not; shant: shall not; dinnae: do not;
    cannae: can not; wasnae: be not; isnae: be not; didnae: do not; couldnae: could not; wouldnae: would not; canny: can not;
    im: i be; ive: i have; id: i would; iam: i be; youre: you be; youve: you have; youd: you would; youll: you will; theyre: they be;
    theyve: they have; theyd: they would; theyll: they will; weve: we have; shes: she be; hes: he be; its: it be; thats: that be;
    theres: there be; whats wots wats whts: what be; wheres: where be; hows: how be; whos: who be; whens: when be; whys: why be;
    lets: let us; ill: ill; itll: it will; thatll: that will; itd: it would; hed: he would; shed: she would; heres: here be;
    whatre: what be; whatd: what do; whered: where do; howd: how do; whyd: why do; wouldve: would have; shouldve: should have;
    couldve: could have; mightve: might have; mustve: must have; whatll: what will;
    u ya yer: you; ur: your; urs: yours; r: are; y: why; b4: before; w: with; wi: with; n: and; nd: and; abt bout: about; bc cuz cos coz becuz bcuz: because;
    tho: though; thru: through; pls plz plse: please; thx thnx tnx thanx ty: thanks; ppl peeps: people; ppls: people; idk: i do not know; rn: right now; af: very;
    smth sth summat sumthin sumthing somethin: something; gonna: going to; gona: going to; gotta gota: have to; wanna wana: want to; kinda kinna: kind of; sorta: sort of;
    lemme: let me; gimme: give me; dr drs doc docs: doctor; hosp: hospital; appt: appointment; wk: week; wks: weeks; yr: year; yrs: years;
    mth mths: months; hr: hour; hrs: hours; mins: minutes; min: minute; yday yest ystrday: yesterday; tmrw tmoz tomoz tmr: tomorrow; 2day tday: today; 2nite tonite: tonight; nite: night; nites: nights;
    wot wat wht waht wut whit: what; whits: what be; nae: not; wen whn: when; wher wher: where; hw: how; wud: would; cud: could; shud shoud: should; cn: can; duz dus dos: does;
    wanting: want; luv: love; gd gud: good; wetin: what; abi: or; wey: who; pikin: child; wahala: trouble; bk: back; nek neks nck neckk: neck; necks: neck; sez: says; sed: said; frm: from; tht dat: that; dis: this; teh da: the; dem: them; dey: they;
    iz: is; ov: of; av ave: have; bin: been; meds: medications; med: medication; probs: probably; prob: probably; def: definitely; obvs: obviously; tbh: honestly; tmi: sorry;
    owt: anything; nowt nout nothin nuffin nuthin: nothing; aye: yes; yeah yep yup yea ye yh yass: yes; nah nope naw nay: no; alot: a lot; incase: in case; aswell: as well; infront: in front;
    btwn: between; diff: different; diffs: differences; whatsup sup wassup: hello; omg wtf jeez: oh; lol lmao haha hahaha rofl: ha;
    evry: every; evrything: everything; evryone: everyone; mite: might; thier: their; realy: really; alredy: already; agen: again; lil: little; v: very;
    ne1: anyone; sum1: someone; some1: someone; every1: everyone; gr8: great; l8r: later; 2moro: tomorrow; hav: have; wiv: with; wid: with; wif: with; ma: my; mi: my; meself: myself; yourself: yourself;
    comin: coming; doin: doing; hurtin: hurting; killin: killing; feelin: feeling; achin: aching; sittin: sitting; drivin: driving; walkin: walking; sleepin: sleeping; liftin: lifting; tryin: trying; shootin: shooting; workin: working; takin: taking; usin: using; movin: moving;
    e: e; s: s; t: t; ER: hospital
""")

# Words that may stand between the words of a wording without changing it: "numb [in] [my] left leg" stays "numb leg".
LIGHT = frozenset("""
    keep keeps kept keeping     the a an my your his her their our its this that these those some any me him them us mine really very so just quite bit little of even ever actually
    properly like all kind sort completely totally literally basically pretty too still always also right left both more most much real proper whole bloody
    flipping fucking freaking flippin bleeding sodding damn well own old poor dear maybe possibly probably kinda sorta suddenly constantly usually normally often sometimes again
    lately recently honestly generally absolutely fully entirely now today already somehow slightly gone be have do about only up down lower upper
""".split())

NEGATORS = frozenset("no not never without none nor neither nothing zero hardly free lack deny denies denied minus nobody non".split())

# Where a negation ends although the sentence goes on.
NEGATION_ENDS = frozenset("but however though although except apart until till since now then yet instead anyway because still whereas while otherwise only just besides".split())

# Words that open a question or an order to answer.
QUESTION_WORDS = frozenset("what which who whom whose when where why how whereabouts".split())
QUESTION_VERBS = frozenset("do does did is are am was were be can could will would should shall may might must has have had".split())
ORDERS = frozenset("tell explain describe list name give show define compare summarize summarise outline confirm promise write".split())

# What may follow the verb that opens a question ("does it", "is the"), and what before a verb shows that it opens none ("it is the").
SUBJECTS = frozenset("""
    it you that this these those the a an they he she i we my your his her their our people there someone anyone somebody anybody everyone everybody one any
    some both all most more such ordinary plain just only
""".split())
# After "is" and "had" in the middle of a clause these alone: "my gran had a fall", "her job is the same" ask nothing.
PRONOUNS = frozenset("it you that this these those they he she i we my your his her their there someone anyone somebody anybody".split())
BEFORE_VERB = frozenset("""
    i you he she it we they that this there what who which how whether if to not and as people where when why mum dad mom wife husband would could can will
    should do must might may
""".split())

# Words that make a question of a statement ("I wonder ..."), and words that may stand before a question opens.
WONDERING = frozenset("wonder wondering wondered curious idea tell explain understand ask asking question".split())
FILLERS = frozenset("""
    and so ok okay but well also then please hi hello hey anyway plus now like just or oh um uh er right thanks thank sorry you yeah yes no lol ha actually
    honestly good sure alright fine cool because mate love pal bro dude doc doctor say quick one question hmm
""".split())

# Words too common to say what a message is about.
STOP = frozenset("""
    a about above after again all also although always am an and any anybody anyone anything anyway are as ask at away be because been before being between bit both but by
    can come could did do does doing done down during each else even ever every everybody everyone everything few for from get give go going good got had has have
    he hello help her here hers hey hi him his how however i if in into is it its itself just keep kind know let like little lot made make many may maybe me mean might mine more most
    much must my myself near need never new next no nobody none nor not nothing now of off often oh ok okay on once one only onto or other our out over own people person
    please put quite rather really right said same say see seem several shall she should since so some somebody someone something sometimes soon sort still such sure take tell than
    thank thanks that the their them then there these they thing think this those though through to today together told too try two under until up upon us use used very want was
    way we well were what when where whether which while who whom whose why will with within without wonder would yes yet you your yours yourself
    article ha im ive dont please read say says
""".split())

# Words that say nothing whatever the question.
EMPTY = frozenset("a an the i my me you your he she it they them his her their we our is be am to of and in for on at with that this so just".split())

# Words of today that the word lists lack: no misspellings.
MODERN = frozenset("google googled googling iphone ipad laptop laptops email emails facebook tiktok insta instagram youtube netflix podcast wifi app apps zoom uber amazon ebay covid panto joiner joiners bollard bollards specs bonked tesco asda aldi lidl spotify cabbie cabbies".split())

# "the second", "the latter": the place among things named together.
PLACES = {"first": 0, "former": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "last": -1, "latter": -1}

# Words by which a message tells of someone.
TOLD_OF = frozenset("i my we our he his she her they their".split())
