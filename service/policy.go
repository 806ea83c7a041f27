package service

import (
	"slices"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// Use is something that a caller may ask of the service.
type Use string

// The uses. Everything that the service answers is one of them.
const (
	UseSubmit        Use = "command.submit"
	UseOutcome       Use = "command.outcome"
	UseNetwork       Use = "network.read"
	UseUploadBegin   Use = "upload.begin"
	UseUpload        Use = "upload.use"
	UsePartyRead     Use = "party.read"
	UseAssetList     Use = "asset.list"
	UseAssetListAll  Use = "asset.list_all"
	UseAssetRead     Use = "asset.read"
	UseReportRead    Use = "report.read"
	UseContentRead   Use = "content.read"
	UseFingerprint   Use = "fingerprint.read"
	UsePledgeList    Use = "pledge.list"
	UsePledgeListAll Use = "pledge.list_all"
	UsePledgeRead    Use = "pledge.read"
	UseCustodyCheck  Use = "custody.check"
	UseScan          Use = "scan.read"
	UseVerify        Use = "verify"
	UseSearch        Use = "search"
	UseEvents        Use = "events"
	UsePublicVerify  Use = "public.verify"
	UseCertificate   Use = "certificate.read"
	UseNotices       Use = "notices"
	UseStatement     Use = "statement.read"
	UseWebhooks      Use = "webhooks"
	UseClosing       Use = "closing"
	UseKeyRelease    Use = "key.release"
	UseKeyRead       Use = "key.read"
	UseReminders     Use = "reminders"
)

// Who is what a caller is: to the ledger (a role), or to the record at hand.
type Who string

// Relations. The roles of the ledger are values of Who too.
const (
	Anyone    Who = "anyone"
	Enrolled  Who = "enrolled"
	Owner     Who = "owner"
	Pledgor   Who = "pledgor"
	Pledgee   Who = "pledgee"
	Custodian Who = "custodian"
	// Assignor was pledgee, and is named so by the record that it still sees.
	Assignor Who = "assignor"
	// Participant has a step in the plan of a closing.
	Participant Who = "participant"
	// KeyHolder is a pledgee to which the asset's key was released, as long as it
	// may use it.
	KeyHolder Who = "key_holder"
)

const (
	enterprise = Who(pledge.RoleEnterprise)
	bank       = Who(pledge.RoleBank)
	notary     = Who(pledge.RoleNotary)
	exchange   = Who(pledge.RoleExchange)
	ipcentre   = Who(pledge.RoleIPCentre)
	court      = Who(pledge.RoleCourt)
	regulator  = Who(pledge.RoleRegulator)
)

// allows is the whole policy: a use is allowed to whoever is listed, and
// what is not here is denied. Content opens for its owner, and for a pledgee
// with a key release.
func allows(u Use) []Who {
	switch u {
	case UseSubmit, UseNetwork, UsePublicVerify, UseCertificate:
		return []Who{Anyone}
	case UseOutcome, UsePartyRead, UseAssetList, UseFingerprint, UsePledgeList, UseVerify, UseSearch, UseEvents, UseNotices, UseWebhooks, UseReminders:
		return []Who{Enrolled}
	case UseClosing:
		return []Who{Participant, court, regulator}
	case UseStatement: // who was told has it by that
		return []Who{notary, exchange, ipcentre, court, regulator}
	case UseUploadBegin:
		return []Who{enterprise}
	case UseUpload:
		return []Who{Owner}
	case UseContentRead:
		return []Who{Owner, KeyHolder}
	case UseKeyRelease:
		return []Who{Custodian}
	case UseKeyRead: // and then only while it is a KeyHolder
		return []Who{Pledgee}
	case UseReportRead:
		return []Who{Owner, Pledgee, notary, exchange, ipcentre, court, regulator}
	case UseAssetRead:
		return []Who{Owner, bank, notary, exchange, ipcentre, court, regulator}
	case UseAssetListAll:
		return []Who{bank, notary, exchange, ipcentre, court, regulator}
	case UsePledgeRead:
		return []Who{Pledgor, Pledgee, Assignor, notary, exchange, ipcentre, court, regulator}
	case UsePledgeListAll:
		return []Who{notary, exchange, ipcentre, court, regulator}
	case UseCustodyCheck:
		return []Who{Pledgor, Pledgee, Custodian}
	case UseScan:
		return []Who{Pledgor, Pledgee, ipcentre}
	}
	return nil
}

// Uses lists every use, for the test of the policy.
func Uses() []Use {
	return []Use{UseSubmit, UseOutcome, UseNetwork, UseUploadBegin, UseUpload, UsePartyRead, UseAssetList,
		UseAssetListAll, UseAssetRead, UseReportRead, UseContentRead, UseFingerprint, UsePledgeList, UsePledgeListAll,
		UsePledgeRead, UseCustodyCheck, UseScan, UseVerify, UseSearch, UseEvents, UsePublicVerify, UseCertificate,
		UseNotices, UseStatement, UseWebhooks, UseClosing, UseKeyRelease, UseKeyRead, UseReminders}
}

// Allowed says whether a caller who is all of who may use u.
func Allowed(u Use, who ...Who) bool {
	for _, w := range allows(u) {
		if slices.Contains(who, w) {
			return true
		}
	}
	return false
}

// Caller is an authenticated party. The zero Caller is anyone.
type Caller struct {
	Party string
	Name  string
	KID   string
	Roles []pledge.Role
	// Expires is when the token does: what outlasts it must end.
	Expires time.Time
}

// may refuses with wrong_role unless the caller, with what it is to the
// record at hand, may use u.
func (c Caller) may(u Use, what string, relations ...Who) error {
	if Allowed(u, append(relations, c.who()...)...) {
		return nil
	}
	if c.Party == "" {
		return pledge.Errorf(pledge.Unsigned, "%s needs a token signed by an enrolled party", what)
	}
	return pledge.Errorf(pledge.WrongRole, "%s is not open to %s", what, c.Party)
}

func (c Caller) can(u Use, relations ...Who) bool {
	return Allowed(u, append(relations, c.who()...)...)
}

func (c Caller) who() []Who {
	who := []Who{Anyone}
	if c.Party == "" {
		return who
	}
	who = append(who, Enrolled)
	for _, r := range c.Roles {
		who = append(who, Who(r))
	}
	return who
}

// to lists what the caller is to a record, given who holds which part in it.
func (c Caller) to(parts map[Who]string) []Who {
	var who []Who
	for w, party := range parts {
		if party != "" && party == c.Party {
			who = append(who, w)
		}
	}
	return who
}

func (c Caller) toAsset(a pledge.Asset) []Who {
	return c.to(map[Who]string{Owner: a.Owner})
}

func (c Caller) toPledge(p pledge.Pledge, custodian string) []Who {
	who := c.to(map[Who]string{Pledgor: p.Pledgor, Pledgee: p.Pledgee, Custodian: custodian})
	if slices.ContainsFunc(p.Assignments, func(a pledge.Assignment) bool { return a.From == c.Party }) {
		who = append(who, Assignor)
	}
	return who
}
