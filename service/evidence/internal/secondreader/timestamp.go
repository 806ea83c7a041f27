package secondreader

import (
	"bytes"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The shape of a token (RFC 5652, RFC 3161). What is read is printed again, and
// must give the same bytes: so nothing is passed over.
type (
	contentInfo struct {
		Type asn1.ObjectIdentifier
		Data signedData `asn1:"explicit,tag:0"`
	}
	signedData struct {
		Version      int
		Digests      []algorithm `asn1:"set"`
		Content      encapsulated
		Certificates asn1.RawValue `asn1:"optional,tag:0"`
		CRLs         asn1.RawValue `asn1:"optional,tag:1"`
		Signers      []signer      `asn1:"set"`
	}
	algorithm struct {
		ID     asn1.ObjectIdentifier
		Params asn1.RawValue `asn1:"optional"`
	}
	encapsulated struct {
		Type asn1.ObjectIdentifier
		Data []byte `asn1:"explicit,tag:0"`
	}
	signer struct {
		Version   int
		ID        issuerAndSerial
		Digest    algorithm
		Signed    asn1.RawValue `asn1:"optional,tag:0"`
		Algorithm algorithm
		Signature []byte
		Unsigned  asn1.RawValue `asn1:"optional,tag:1"`
	}
	issuerAndSerial struct {
		Issuer asn1.RawValue
		Serial asn1.RawValue
	}
	tstInfo struct {
		Version int
		Policy  asn1.ObjectIdentifier
		Imprint struct {
			Digest algorithm
			Sum    []byte
		}
		Serial asn1.RawValue
		Time   asn1.RawValue
	}
)

// token is what was read of one.
type token struct {
	signedData
	signer signer
	info   []byte
	at     time.Time
}

// exact reads a value that fills data.
func exact(data []byte, v any) error {
	rest, err := asn1.Unmarshal(data, v)
	if err != nil {
		return err
	}
	again, err := asn1.Marshal(dereference(v))
	return errors.Join(err, must(len(rest) == 0 && bytes.Equal(again, data), "more than there should be, or in another spelling"))
}

func dereference(v any) any {
	switch v := v.(type) {
	case *contentInfo:
		return *v
	case *attribute:
		return *v
	case *asn1.RawValue:
		return *v
	}
	return v
}

func (r *reader) timeStamps() error {
	sets := map[[32]byte]bool{}
	for _, name := range r.named("time-stamp") {
		if err := r.timeStamp(name, sets); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return must(len(sets) <= 256, "the certificates of more than 256 authorities")
}

func (r *reader) timeStamp(name string, sets map[[32]byte]bool) error {
	m, err := canonical(r.files[name], "channel", "first", "last", "path", "token", "v")
	if err != nil {
		return err
	}
	root, err := r.stampedRoot(name, m)
	if err != nil {
		return err
	}
	der, err := base64.RawURLEncoding.Strict().DecodeString(m.text("token"))
	if err != nil || strings.ContainsAny(m.text("token"), "\r\n") || len(der) > 64<<10 {
		return fmt.Errorf("no token in base64url: %v", err)
	}
	t, err := readToken(der, root)
	if err != nil {
		return err
	}
	certs, own, err := t.certificates()
	if err != nil {
		return err
	}
	sets[sha256.Sum256(slices.Concat(own.Raw, t.Certificates.Bytes))] = true
	return errors.Join(t.names(own), t.signedBy(own), forStamps(own, t.at), leadsTo(own, certs, r.roots, t.at))
}

// stampedRoot is what the path of a file leads to.
func (r *reader) stampedRoot(name string, m object) ([]byte, error) {
	var number int64
	if _, err := fmt.Sscanf(inside(name), "%d", &number); err != nil {
		return nil, err
	}
	hash, _, ok := r.hashOf(number, true)
	first, last := m.number("first"), m.number("last")
	list, isList := m["path"].([]any)
	leaf := print(object{"channel": r.trust.text("channel"), "hash": hash, "number": number})
	if !ok || m["v"] != int64(1) || m["channel"] != r.trust["channel"] || first < 0 || last < number || len(list) > 53 || !isList {
		return nil, errors.New("not of a block here")
	}
	root, ok := climb([]byte(leaf), number-first, last-first+1, m.texts("path"))
	sum, err := hex.DecodeString(root)
	return sum, errors.Join(err, must(ok, "the path is not as long as it should be"))
}

func oid(text string) func(asn1.ObjectIdentifier) bool {
	return func(id asn1.ObjectIdentifier) bool { return id.String() == text }
}

var (
	isSignedData = oid("1.2.840.113549.1.7.2")
	isTSTInfo    = oid("1.2.840.113549.1.9.16.1.4")
)

func readToken(der, root []byte) (*token, error) {
	var info contentInfo
	if err := exact(der, &info); err != nil {
		return nil, err
	}
	d := info.Data
	if !isSignedData(info.Type) || d.Version != 3 || !isTSTInfo(d.Content.Type) || len(d.Digests) != 1 || len(d.Signers) != 1 {
		return nil, errors.New("not signed data over TSTInfo, by one signer")
	}
	t := &token{signedData: d, signer: d.Signers[0], info: d.Content.Data}
	s := t.signer
	if s.Version != 1 || !d.Digests[0].ID.Equal(s.Digest.ID) || !plain(d.Digests[0], s.Digest, s.Algorithm) || !compound(s.Signed, s.Unsigned, d.Certificates, d.CRLs) {
		return nil, errors.New("a signer that is not well-formed")
	}
	return t, t.readInfo(root)
}

// plain: no parameters, or NULL.
func plain(list ...algorithm) bool {
	for _, a := range list {
		if len(a.Params.FullBytes) > 0 && string(a.Params.FullBytes) != "\x05\x00" {
			return false
		}
	}
	return true
}

// compound: constructed, where it is there.
func compound(list ...asn1.RawValue) bool {
	return !slices.ContainsFunc(list, func(v asn1.RawValue) bool { return len(v.FullBytes) > 0 && !v.IsCompound })
}

var isGenTime = regexp.MustCompile(`^(\d{14})(\.\d{0,8}[1-9])?Z$`)

func (t *token) readInfo(root []byte) error {
	var outer asn1.RawValue
	if err := exact(t.info, &outer); err != nil {
		return err
	}
	var i tstInfo
	if _, err := asn1.Unmarshal(t.info, &i); err != nil {
		return err
	}
	want := sha256.Sum256(root)
	if i.Version != 1 || i.Imprint.Digest.ID.String() != oidSHA256 || !plain(i.Imprint.Digest) || !bytes.Equal(i.Imprint.Sum, want[:]) || !isInteger(i.Serial) || i.Time.FullBytes[0] != asn1.TagGeneralizedTime {
		return errors.New("stamps something else")
	}
	parts := isGenTime.FindStringSubmatch(string(i.Time.Bytes))
	if parts == nil {
		return errors.New("no genTime")
	}
	var err error
	if t.at, err = time.Parse("20060102150405", parts[1]); err != nil {
		return err
	}
	fraction, err := time.ParseDuration("0" + parts[2] + "s")
	t.at = t.at.Add(fraction)
	return errors.Join(err, i.rest(outer.Bytes))
}

// rest looks at what follows genTime, and that the rest is as it was read.
func (i tstInfo) rest(body []byte) error {
	again, err := asn1.Marshal(i)
	if err != nil {
		return err
	}
	var whole asn1.RawValue
	if _, err := asn1.Unmarshal(again, &whole); err != nil || !bytes.HasPrefix(body, whole.Bytes) {
		return errors.New("TSTInfo in another spelling")
	}
	list, err := elements(body[len(whole.Bytes):])
	if err != nil {
		return err
	}
	for _, tag := range []byte{0x30, 0x01, 0x02, 0xa0} {
		if len(list) > 0 && list[0].FullBytes[0] == tag {
			list = list[1:]
		}
	}
	if len(list) == 1 && list[0].FullBytes[0] == 0xa1 {
		return extensions(list[0].Bytes)
	}
	return must(len(list) == 0, "something unknown in TSTInfo")
}

func extensions(data []byte) error {
	list, err := elements(data)
	for _, e := range list {
		var x struct {
			ID    asn1.ObjectIdentifier
			Value []byte
		}
		_, bad := asn1.Unmarshal(e.FullBytes, &x)
		again, worse := asn1.Marshal(x)
		err = errors.Join(err, bad, worse, must(bytes.Equal(again, e.FullBytes), "an extension that is critical, or none"))
	}
	return err
}

// elements are the values in data, of which there may be 256.
func elements(data []byte) (list []asn1.RawValue, err error) {
	for len(data) > 0 {
		var v asn1.RawValue
		if data, err = asn1.Unmarshal(data, &v); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, must(len(list) <= 256, "too many elements")
}

func isInteger(v asn1.RawValue) bool {
	var n asn1.RawValue
	if v.Class != 0 || v.Tag != asn1.TagInteger || v.IsCompound || len(v.Bytes) == 0 {
		return false
	}
	_, err := asn1.Unmarshal(v.FullBytes, &n)
	return err == nil && (len(v.Bytes) == 1 || !(v.Bytes[0] == 0 && v.Bytes[1] < 0x80) && !(v.Bytes[0] == 0xff && v.Bytes[1] >= 0x80))
}
