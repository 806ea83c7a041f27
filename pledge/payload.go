package pledge

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// DecodePayload reads a payload strictly. The first six members are required.
func DecodePayload(raw []byte) (Payload, error) {
	var p Payload
	if err := StrictUnmarshal(raw, &p); err != nil {
		return Payload{}, err
	}
	return p, nil
}

// read decodes and checks the payload and the body.
func (c *Command) read(raw []byte) error {
	p, err := DecodePayload(raw)
	if err != nil {
		return err
	}
	c.Payload = p
	if err := c.checkPayload(); err != nil {
		return err
	}
	if c.body, err = DecodeBody(p.Act, p.Body); err != nil {
		return err
	}
	return c.checkBody()
}

func (c *Command) checkPayload() error {
	p := c.Payload
	if newBody(p.Act) == nil {
		return Errorf(Malformed, "act %q is unknown", clip(string(p.Act)))
	}
	if err := CheckUSCC(p.By); err != nil {
		return within("by", err)
	}
	if p.On == "" || len(p.On) > maxChannel {
		return Errorf(Malformed, "on must name the channel")
	}
	if err := optionalDigest("closing", p.Closing); err != nil {
		return err
	}
	var ok bool
	if c.at, ok = parseTime(p.At); !ok {
		return Errorf(Malformed, "at must be an RFC 3339 time in UTC, such as 2026-11-21T08:00:00Z")
	}
	if n, err := decode64(p.Nonce); err != nil || len(n) != 16 {
		return Errorf(Malformed, "nonce must be 16 random bytes in base64url without padding")
	}
	return nil
}

// DecodeBody decodes the body of an act into a pointer to its Body type,
// strictly; what the values may be is checked by ParseCommand.
func DecodeBody(act Act, raw json.RawMessage) (any, error) {
	body := newBody(act)
	if body == nil {
		return nil, Errorf(Malformed, "act %q is unknown", clip(string(act)))
	}
	if err := StrictUnmarshal(raw, body); err != nil {
		return nil, within("body", err)
	}
	return body, nil
}

func newBody(act Act) any {
	switch act {
	case PartyEnroll:
		return new(EnrollBody)
	case PartyAddKey:
		return new(AddKeyBody)
	case PartyRevokeKey:
		return new(RevokeKeyBody)
	case CustodyReceiptAct:
		return new(ReceiptBody)
	case AssetNotarize:
		return new(NotarizeBody)
	case AssetRecordCertificate:
		return new(CertificateBody)
	case CommandFence:
		return new(FenceBody)
	}
	return newPledgeBody(act)
}

func newPledgeBody(act Act) any {
	switch act {
	case PledgePropose:
		return new(ProposeBody)
	case PledgeAccept, PledgeConsent:
		return new(AgreeBody)
	case PledgeRegister:
		return new(RegisterBody)
	case PledgeWithdraw, PledgeReject:
		return new(EndBody)
	case PledgeAttest:
		return new(AttestBody)
	case PledgeValue:
		return new(ValueBody)
	case PledgeScan:
		return new(ScanBody)
	case PledgeRelease:
		return new(ReleaseBody)
	case PledgePerfect:
		return new(PerfectBody)
	}
	if make := lifeBodies[act]; make != nil {
		return make()
	}
	return nil
}

// checkBody checks all that needs no state. What it costs is paid by
// whoever parses, in parallel, and not by the ledger.
func (c *Command) checkBody() (err error) {
	switch b := c.body.(type) {
	case *EnrollBody:
		_, err = newParty(b, Stamp{})
	case *AddKeyBody:
		err = b.check()
	case *RevokeKeyBody:
		err = b.check()
	case *ReceiptBody:
		err = b.check()
	case *NotarizeBody:
		err = c.checkNotarize(b)
	case *VersionBody:
		err = c.checkVersion(b)
	case *ClosingBody:
		err = c.checkClosing(b)
	case *AgreeBody:
		err = b.check(c.Payload.Act)
	case *CertificateBody:
		err = b.check()
	case *ProposeBody:
		err = c.checkPropose(b)
	case *FenceBody:
		err = b.check()
	case interface{ check() error }:
		err = b.check()
	}
	if err != nil {
		return within("body", err)
	}
	return nil
}

// text checks a member that people read.
func text(name, s string, longest int) error {
	if !utf8.ValidString(s) || strings.ContainsFunc(s, unprintable) {
		return Errorf(Malformed, "%s must be text without control, format or separator characters", name)
	}
	if len(s) > longest {
		return Errorf(Malformed, "%s has more than %d bytes", name, longest)
	}
	return nil
}

// words is text that must be there.
func words(name, s string, longest int) error {
	if strings.TrimSpace(s) == "" {
		return Errorf(Malformed, "%s is missing", name)
	}
	return text(name, s, longest)
}

func digest(name, s string) error {
	if !isDigest(s) {
		return Errorf(Malformed, "%s must be sha256: and 64 lowercase hex digits", name)
	}
	return nil
}

func recordID(name, prefix, s string) error {
	rest, ok := strings.CutPrefix(s, prefix)
	if !ok || len(rest) != 26 || strings.ContainsFunc(rest, notBase32) {
		return Errorf(Malformed, "%s must be %s and 26 characters a-z, 2-7", name, prefix)
	}
	return nil
}

func notBase32(r rune) bool { return (r < 'a' || r > 'z') && (r < '2' || r > '7') }

// firstOf returns the first failure, in the order in which a form is read.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
