package service

import (
	"context"
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// Reason is why a party is told of an act: what it is to the record.
type Reason string

// The reasons. Clients branch on them: they never change their meaning.
const (
	ReasonOwnRecord     Reason = "own_record"
	ReasonSignature     Reason = "signature_wanted"
	ReasonConsent       Reason = "consent_wanted"
	ReasonPledgor       Reason = "pledgor"
	ReasonPledgee       Reason = "pledgee"
	ReasonFormerPledgee Reason = "former_pledgee"
	ReasonOwner         Reason = "owner"
	ReasonFormerOwner   Reason = "former_owner"
	ReasonNamed         Reason = "named"
	ReasonObjector      Reason = "objector"
	ReasonOtherLien     Reason = "other_lien"
	ReasonDisputed      Reason = "disputed"
	ReasonOverlap       Reason = "overlap"
	ReasonCustodian     Reason = "custodian"
)

// touch is a party that an event touches, why, and by which record.
type touch struct {
	party   string
	reason  Reason
	subject string
}

// relation finds the parties that are something to the record of an event.
type relation func(*scene) ([]touch, error)

// touches says whom each act touches, the nearest relation first. An act that
// is not here is told to everybody around its record: told too much is put
// right more easily than not told. A test wants every act here.
var touches = map[pledge.Act][]relation{
	pledge.PartyEnroll:    {ownRecord},
	pledge.PartyAddKey:    {ownRecord},
	pledge.PartyRevokeKey: {ownRecord},

	pledge.CustodyReceiptAct: {pledgor, pledgee},
	pledge.CustodyAlert:      {pledgor, pledgee, custodian},
	pledge.CustodyRelease:    {pledgor, pledgee, otherLiens, objectors},

	pledge.AssetNotarize:          {owner, rivals, overlapping, custodian},
	pledge.AssetRecordCertificate: {owner, otherLiens},
	pledge.AssetAttest:            {owner, otherLiens},
	pledge.AssetAddVersion:        {owner, otherLiens, rivals, overlapping, custodian},
	pledge.AssetTransfer:          {owner, formerOwner, named, otherLiens, rivals, custodian},
	pledge.AssetLicense:           {owner, named, otherLiens},
	pledge.AssetWithdraw:          {owner, otherLiens, rivals, custodian},
	pledge.AssetResolveDispute:    {owner, rivals, otherLiens},

	pledge.PledgePropose:     {pledgee, pledgor},
	pledge.PledgeWithdraw:    {pledgor, pledgee},
	pledge.PledgeAccept:      {pledgor, pledgee, seniors, custodian},
	pledge.PledgeReject:      {pledgor, pledgee},
	pledge.PledgeAttest:      {pledgor, pledgee},
	pledge.PledgeValue:       {pledgor, pledgee},
	pledge.PledgeScan:        {pledgor, pledgee},
	pledge.PledgeConsent:     {pledgor, pledgee},
	pledge.PledgeRegister:    {pledgor, pledgee, otherLiens, custodian},
	pledge.PledgeRelease:     {pledgor, pledgee, owner, otherLiens, custodian, objectors},
	pledge.PledgePerfect:     {pledgor, pledgee, owner},
	pledge.PledgeAmend:       {pledgor, pledgee, owner},
	pledge.PledgeExtend:      {pledgor, pledgee, owner},
	pledge.PledgeAssign:      {pledgee, formerPledgee, pledgor, custodian},
	pledge.PledgeSubordinate: {pledgee, pledgor, otherLiens},
	pledge.PledgeDefault:     {pledgor, pledgee, owner},
	pledge.PledgeCure:        {pledgor, pledgee, owner},
	pledge.PledgeEnforce:     {pledgor, pledgee, owner, otherLiens, custodian},
	pledge.PledgeRealize:     {pledgor, pledgee, owner, otherLiens, custodian},
	pledge.PledgeLapse:       {pledgor, pledgee, owner, otherLiens, custodian},

	pledge.ObjectionFile:   {pledgor, pledgee, owner, encumbrancers},
	pledge.ObjectionNotify: {pledgor, pledgee, owner, objectors, encumbrancers},
	pledge.ObjectionLodge:  {pledgor, pledgee, owner, objectors, encumbrancers},
	pledge.ObjectionDecide: {pledgor, pledgee, owner, objectors, otherLiens},
	pledge.ObjectionExpire: {pledgor, pledgee, owner, objectors, encumbrancers},

	pledge.OrderFreeze:   {pledgor, pledgee, owner, otherLiens, custodian, objectors},
	pledge.OrderUnfreeze: {pledgor, pledgee, owner, otherLiens, custodian, objectors},
	pledge.OrderRevoke:   {pledgor, pledgee, owner, otherLiens, rivals, custodian, objectors},
	pledge.RecordCorrect: {pledgor, pledgee, owner, encumbrancers},

	pledge.CommandFence: {},
	// The acts of a closing are events of their own.
	pledge.ClosingExecute: {},
}

// everybodyAround is told of acts that the table does not know.
var everybodyAround = []relation{ownRecord, pledgor, pledgee, formerPledgee, owner, formerOwner, named, otherLiens, rivals, objectors, custodian}

// signatories are who may have to sign an act that waits for another
// signature. Nothing took effect yet, so that nobody else is told; consents
// come before it.
var signatories = map[pledge.Act][]relation{
	pledge.PledgeAmend:         {pledgor, pledgee, owner},
	pledge.PledgeExtend:        {pledgor, pledgee, owner},
	pledge.PledgeAssign:        {pledgee, named},
	pledge.PledgeSubordinate:   {pledgee, otherLiens},
	pledge.PledgeEnforce:       {pledgee, titleGiver},
	pledge.PledgeRealize:       {pledgee, office(pledge.RoleExchange)},
	pledge.AssetTransfer:       {owner, named},
	pledge.AssetLicense:        {owner, named},
	pledge.AssetResolveDispute: {owner, rivals, office(pledge.RoleIPCentre), office(pledge.RoleNotary)},
	pledge.ObjectionDecide:     {pledgor, pledgee, owner, objectors, office(pledge.RoleIPCentre)},
	pledge.OrderRevoke:         {office(pledge.RoleIPCentre), office(pledge.RoleNotary)},
}

// touched lists the parties that an event touches, each once, but for its
// signer.
func (s *Service) touched(ctx context.Context, e Event) ([]touch, error) {
	sc, err := s.sceneOf(ctx, e)
	if err != nil {
		return nil, err
	}
	if signed, waits := sc.waiting(); waits {
		return sc.wanted(signed)
	}
	relations, known := touches[e.Act]
	if !known {
		relations = everybodyAround
	}
	list, err := sc.gather(relations, "")
	return once(list, e.By), err
}

func (sc *scene) gather(relations []relation, as Reason) (all []touch, err error) {
	for _, find := range relations {
		list, err := find(sc)
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			if as != "" {
				t.reason = as
			}
			all = append(all, t)
		}
	}
	return all, nil
}

// once keeps the first of each party, and none of those left out.
func once(list []touch, without ...string) (out []touch) {
	seen := map[string]bool{"": true}
	for _, party := range without {
		seen[party] = true
	}
	for _, t := range list {
		if !seen[t.party] {
			seen[t.party] = true
			out = append(out, t)
		}
	}
	return out
}

// waiting says who signed so far, when the event is a signature of an act that
// waits for another.
func (sc *scene) waiting() (signed []string, waits bool) {
	for _, a := range sc.agreements() {
		if slices.ContainsFunc(a.Signed, func(s pledge.Stamp) bool { return s.Command == sc.e.CommandID }) {
			for _, s := range a.Signed {
				signed = append(signed, s.By)
			}
			return signed, true
		}
	}
	return nil, false
}

func (sc *scene) wanted(signed []string) ([]touch, error) {
	list, err := sc.gather(signatories[sc.e.Act], ReasonSignature)
	return once(list, append(signed, sc.e.By)...), err
}

func isUSCC(text string) bool { return pledge.CheckUSCC(text) == nil }
