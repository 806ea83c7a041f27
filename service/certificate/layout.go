package certificate

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/signintech/gopdf"

	"github.com/datapledge/datapledge/service"
)

// layOut prints a certificate, before it is signed. The same input gives the
// same bytes.
func layOut(chain *chain, c service.Certificate, lang string, who *signer) ([]byte, error) {
	k := newInk(chain, info(c, lang))
	h, err := newHead(chain, c, lang)
	if err != nil {
		return nil, err
	}
	if h.bottom() > bottom {
		return nil, errTooLong
	}
	f := &flow{chain: chain, lang: lang}
	f.certificate(c, who)
	if f.err != nil {
		return nil, f.err
	}
	pages := paginate(f.lines, h.bottom(), bottom)
	for i, lines := range pages {
		k.page()
		y := top
		if i == 0 {
			h.draw(k)
			y = h.bottom()
		}
		k.lines(lines, y)
		k.furniture(c, lang, i+1, len(pages))
	}
	return k.bytes()
}

// errTooLong refuses what would run off the first page.
var errTooLong = errors.New("title, status and address are too long for a page")

// info is the metadata of the file. Its time is that of the certificate, not
// of the printing.
func info(c service.Certificate, lang string) gopdf.PdfInfo {
	at, _ := time.Parse(time.RFC3339, c.AsOf.At) // the zero time is left out
	return gopdf.PdfInfo{Title: visible(c.Title.In(lang) + " " + c.Number), Author: visible(author(c)),
		Subject: visible(c.Status.In(lang)), Creator: "datapledge", CreationDate: at.UTC()}
}

func author(c service.Certificate) string {
	if len(c.Members) == 1 {
		return c.Members[0].Name
	}
	return "datapledge " + c.Channel
}

func (f *flow) certificate(c service.Certificate, who *signer) {
	f.fields(c)
	f.points(wordProves, c.Proves)
	f.points(wordNotProved, c.NotProved)
	f.anchors(c)
	f.members(c)
	f.points(wordCheck, c.Check)
	f.points(wordFile, aboutFile(who))
}

func (f *flow) fields(c service.Certificate) {
	f.heading(wordFields.In(f.lang))
	for _, field := range c.Fields {
		f.row(field.Label.In(f.lang), field.Value.In(f.lang), right)
	}
	if c.RecordID != "" {
		f.row(wordRecord.In(f.lang), c.RecordID, right)
	}
	f.row(wordLedger.In(f.lang), c.Channel+" ("+c.Ledger+")", right)
}

func (f *flow) points(title service.Text, points []service.Text) {
	if len(points) == 0 {
		return
	}
	f.heading(title.In(f.lang))
	for i, p := range points {
		f.item(strconv.Itoa(i+1)+".", p.In(f.lang))
	}
}

func (f *flow) anchors(c service.Certificate) {
	if len(c.Anchors) == 0 {
		return
	}
	f.heading(wordAnchors.In(f.lang))
	for i, a := range c.Anchors {
		from := len(f.lines)
		f.subheading(fmt.Sprintf("%d.  %s", i+1, actName(a.Act, f.lang)))
		f.row(wordBlock.In(f.lang), strconv.FormatUint(a.Block, 10), right)
		f.row(wordBlockTime.In(f.lang), blockTime(a.BlockTime, c.Ledger).In(f.lang), right)
		f.row(wordBlockHash.In(f.lang), a.BlockHash, right)
		f.row(wordCommand.In(f.lang), a.CommandID, right)
		f.row(wordBy.In(f.lang), a.By, right)
		if a.TimeStamp != nil {
			f.row(wordStamp.In(f.lang), stampText(*a.TimeStamp).In(f.lang), right)
		}
		for _, r := range a.Imprints {
			f.row(wordReceipt.In(f.lang), receiptText(r).In(f.lang), right)
		}
		f.hold(from)
	}
}

func (f *flow) members(c service.Certificate) {
	if len(c.Members) == 0 {
		return
	}
	title := wordMembers
	if c.Ledger == "solo" {
		title = wordOperator
	}
	f.heading(title.In(f.lang))
	for i, m := range c.Members {
		f.item(strconv.Itoa(i+1)+".", m.Name+"  "+m.Party)
	}
}

// hold keeps the lines from one on together, if that leaves no great gap.
func (f *flow) hold(from int) {
	if held := f.lines[from:]; height(held) < (bottom-top)/3 {
		for i := range held[:len(held)-1] {
			held[i].keep = true
		}
	}
}

// paginate deals the lines out to pages. Lines that are kept together move on
// together, unless they would fill a page by themselves.
func paginate(lines []line, first, end float64) (pages [][]line) {
	pages = [][]line{nil}
	y := first
	for len(lines) > 0 {
		n := together(lines)
		if h := height(lines[:n]); y+h > end && len(pages[len(pages)-1]) > 0 {
			pages, y = append(pages, nil), top
			if n > 1 && height(lines[:n]) > end-top {
				n = 1
			}
		}
		last := len(pages) - 1
		if len(pages[last]) == 0 {
			lines[0].gap, lines[0].ruled = 0, false
		}
		pages[last] = append(pages[last], lines[:n]...)
		y += height(lines[:n])
		lines = lines[n:]
	}
	return pages
}

// together is how many lines from the first on must not be parted.
func together(lines []line) int {
	for i, l := range lines {
		if !l.keep {
			return i + 1
		}
	}
	return len(lines)
}

func height(lines []line) (sum float64) {
	for _, l := range lines {
		sum += l.gap + l.height
	}
	return sum
}
