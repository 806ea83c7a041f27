package certificate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

const (
	// stampWait bounds how long a download waits for a time stamp; after one
	// that did not come, none is asked for during stampRest.
	stampWait = 3 * time.Second
	stampRest = time.Minute
	// tokenRoom is the room for a time-stamp token, in bytes.
	tokenRoom = 12 << 10
)

// sign makes the finished file of the printed pages: a certification signature
// (ISO 32000-1, 12.8.2.2) over everything, in the format of PAdES
// (ETSI.CAdES.detached). Nothing may be changed after it but further signatures.
func (p *Printer) sign(ctx context.Context, pages []byte, who *signer, lang string) (signed []byte, stamped bool, err error) {
	if err := who.inForce(p.o.Now()); err != nil {
		return nil, false, err
	}
	f, err := parse(pages)
	if err != nil {
		return nil, false, err
	}
	f.mendUnicode()
	room := 2048
	for _, c := range who.chain {
		room += len(c.Raw)
	}
	if p.o.Stamp != nil {
		room += tokenRoom
	}
	if err := f.addSignature(who, lang, p.o.Now(), room); err != nil {
		return nil, false, err
	}
	id := sha256.Sum256(pages)
	out := f.write(id[:16])
	return p.fill(ctx, out, who, room)
}

// fill signs what stands around the room for the signature.
func (p *Printer) fill(ctx context.Context, out []byte, who *signer, room int) ([]byte, bool, error) {
	from, to, err := setRange(out, room)
	if err != nil {
		return nil, false, err
	}
	h := sha256.New()
	h.Write(out[:from])
	h.Write(out[to:])
	s, err := newSignature(who, h.Sum(nil))
	if err != nil {
		return nil, false, err
	}
	token := p.stamp(ctx, s.value)
	cms := s.encode(token)
	if len(cms) > room && token != nil {
		p.o.Logger.WarnContext(ctx, "the time stamp is too large for a PDF file", "bytes", len(token))
		token, cms = nil, s.encode(nil)
	}
	if len(cms) > room {
		return nil, false, fmt.Errorf("a signature of %d bytes has only %d bytes of room", len(cms), room)
	}
	hex.Encode(out[from+1:], cms)
	return out, token != nil, nil
}

// stamp asks for a time stamp over the signature's value (RFC 3161, CAdES-T).
// It is best effort: without one the signature still holds.
func (p *Printer) stamp(ctx context.Context, value []byte) []byte {
	if p.o.Stamp == nil || !p.stamps.take(p.o.Now(), p.o.StampEvery) {
		return nil
	}
	wait, cancel := context.WithTimeout(ctx, stampWait)
	defer cancel()
	digest := sha256.Sum256(value)
	token, err := p.o.Stamp(wait, digest)
	if err == nil && !bytes.Contains(token, digest[:]) {
		err = errors.New("it is not over what was asked")
	}
	if err != nil {
		p.stamps.hold(p.o.Now().Add(stampRest))
		p.o.Logger.WarnContext(ctx, "a certificate goes out without a time stamp", "error", err)
		return nil
	}
	return token
}

// The places that are filled in when the file is laid out, and of fixed length.
const rangePlace = "/ByteRange [0 ********** ********** **********]"

func contentsPlace(room int) string { return "/Contents <" + strings.Repeat("0", 2*room) + ">" }

// setRange tells the signature what it covers: all but its own place, whose
// first and last byte are the angle brackets (12.8.1).
func setRange(out []byte, room int) (from, to int, err error) {
	at, place := bytes.Index(out, []byte(rangePlace)), contentsPlace(room)
	from = bytes.Index(out, []byte(place)) + len("/Contents ")
	if at < 0 || from < len("/Contents ") {
		return 0, 0, errLayout
	}
	to = from + 2*room + 2
	text := fmt.Sprintf("/ByteRange [0 %d %d %d]", from, to, len(out)-to)
	copy(out[at:], text+strings.Repeat(" ", len(rangePlace)-len(text)))
	return from, to, nil
}

var (
	pageDict = regexp.MustCompile(`^<<\n  /Type /Page\n`)
	catalog  = regexp.MustCompile(`^<<\n\s+/Type /Catalog\n\s+/Pages 2 0 R\n>>`)
)

// addSignature adds the signature, its field on the first page, and the
// document's language.
func (f *file) addSignature(who *signer, lang string, now time.Time, room int) error {
	page := -1
	for i, o := range f.objects {
		if pageDict.Match(o) {
			page = i
			break
		}
	}
	if page < 0 || !catalog.Match(f.objects[0]) {
		return errLayout
	}
	signature := f.add(fmt.Sprintf("<<\n/Type /Sig\n/Filter /Adobe.PPKLite\n/SubFilter /ETSI.CAdES.detached\n%s\n%s\n/Name %s\n/M (D:%sZ)\n"+
		"/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P 2 /V /1.2 >> >>]\n>>",
		rangePlace, contentsPlace(room), textString(who.chain[0].Subject.CommonName), now.UTC().Format("20060102150405")))
	field := f.add(fmt.Sprintf("<< /Type /Annot /Subtype /Widget /FT /Sig /T (signature) /V %d 0 R /Rect [0 0 0 0] /F 132 /P %d 0 R >>", signature, page+1))
	f.objects[page] = pageDict.ReplaceAll(f.objects[page], fmt.Appendf(nil, "<<\n  /Type /Page\n  /Annots [%d 0 R]\n", field))
	f.objects[0] = fmt.Appendf(nil, "<<\n/Type /Catalog\n/Pages 2 0 R\n/Lang (%s)\n/ViewerPreferences << /DisplayDocTitle true >>\n"+
		"/AcroForm << /Fields [%d 0 R] /SigFlags 3 >>\n/Perms << /DocMDP %d 0 R >>\n>>", language[lang], field, signature)
	return nil
}

var language = map[string]string{"zh": "zh-CN", "en": "en"}
