package table

import (
	"encoding/xml"
	"errors"
	"io"
)

// tokenMost is the most bytes one piece of XML may have. A cell of a sheet
// has 32,767 letters at most.
const tokenMost = 1 << 20

// tokens reads a part as XML, piece by piece within bounds.
type tokens struct {
	d      *xml.Decoder
	r      io.Reader
	left   int
	around []string // the elements around the next piece
	over   bool
}

func newTokens(r io.Reader) *tokens {
	t := &tokens{r: r}
	t.d = xml.NewDecoder(t)
	return t
}

// Read is for the decoder.
func (t *tokens) Read(p []byte) (int, error) {
	if t.left <= 0 {
		t.over = true
		return 0, errOver
	}
	n, err := t.r.Read(p[:min(len(p), t.left)])
	t.left -= n
	return n, err
}

// next gives the next piece; the error is io.EOF or an *Error, without what
// the XML library says, which may quote the data.
func (t *tokens) next() (xml.Token, error) {
	t.left = tokenMost
	token, err := t.d.RawToken()
	if err != nil {
		return nil, t.explain(err)
	}
	switch e := token.(type) {
	case xml.StartElement:
		err = t.enter(e.Name.Local)
	case xml.EndElement:
		err = t.leave(e.Name.Local)
	case xml.Directive:
		err = failure(Unsupported, "XML with a document type")
	}
	return token, err
}

func (t *tokens) enter(name string) error {
	if len(name) > nameLength {
		return longName()
	}
	if t.around = append(t.around, name); len(t.around) > depth {
		return failure(Unsupported, "XML nested deeper than %d", depth)
	}
	return nil
}

func (t *tokens) leave(name string) error {
	last := len(t.around) - 1
	if last < 0 || t.around[last] != name {
		return failure(Malformed, "not XML")
	}
	t.around = t.around[:last]
	return nil
}

func (t *tokens) explain(err error) error {
	var e *Error
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &e):
		return e
	case t.over:
		return failure(CellTooLarge, "a piece of XML has more than %d bytes", tokenMost)
	case errors.Is(err, io.EOF) && len(t.around) == 0:
		return io.EOF
	case errors.Is(err, io.EOF) || errors.As(err, &syntax) && syntax.Msg == "unexpected EOF":
		return failure(Truncated, "the XML does not end")
	case errors.As(err, &syntax) && syntax.Msg == "invalid UTF-8":
		return failure(BrokenEncoding, "bytes that are not utf-8")
	case errors.As(err, &syntax):
		return failure(Malformed, "not XML")
	}
	return failure(Truncated, "a part of the zip file cannot be unpacked")
}

// attribute gives an attribute by its local name.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// each calls do for every start of an element, with the name of the one
// around it.
func (t *tokens) each(do func(parent string, e xml.StartElement) error) error {
	for {
		token, err := t.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if e, is := token.(xml.StartElement); is && err == nil {
			parent := ""
			if n := len(t.around); n > 1 {
				parent = t.around[n-2]
			}
			err = do(parent, e)
		}
		if err != nil {
			return err
		}
	}
}
