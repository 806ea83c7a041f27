package sensitive

// maxRules is the number of bits in a set of rules.
const maxRules = 64

// detector is the code that recognizes what a rule looks for.
type detector uint8

// The first group is tried on all cells, the second only in columns whose
// name tells of the rule.
const (
	identity detector = iota
	residence
	passport
	hkPermit
	exitPermit
	officer
	card
	mobile
	fixed
	email
	uscc
	soleTrader
	plate
	vin
	imei
	ip
	mac
	position
	personName
	address
	freeText
	digest

	legacy
	twPermit
	licence
	account
	latitude
	longitude
	birth
	token
	secret
	anyValue
)

var detectors = map[string]detector{
	"identity": identity, "residence": residence, "passport": passport, "hkpermit": hkPermit, "exitpermit": exitPermit,
	"officer": officer, "card": card, "mobile": mobile, "fixed": fixed, "email": email, "uscc": uscc, "soletrader": soleTrader,
	"plate": plate, "vin": vin, "imei": imei, "ip": ip, "mac": mac, "position": position, "name": personName,
	"address": address, "text": freeText, "digest": digest,
	"legacy": legacy, "twpermit": twPermit, "licence": licence, "account": account, "latitude": latitude,
	"longitude": longitude, "birth": birth, "token": token, "secret": secret, "any": anyValue,
}

// outcome is how near a value comes to what a detector looks for.
type outcome uint8

const (
	other outcome = iota // something else
	pool                 // of the same length and characters
	near                 // all right but for the check: a near miss
	hit
	masked // a desensitized form of it
)
