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
	d    *xml.Decoder
	r    io.Reader
	left int
	deep int
	over bool
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
	switch token.(type) {
	case xml.StartElement:
		t.deep++
	case xml.EndElement:
		t.deep--
	case xml.Directive:
		return nil, failure(Unsupported, "XML with a document type")
	}
	if t.deep < 0 {
		return nil, failure(Malformed, "not XML")
	}
	return token, nil
}

func (t *tokens) explain(err error) error {
	var e *Error
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &e):
		return e
	case t.over:
		return failure(CellTooLarge, "a piece of XML has more than %d bytes", tokenMost)
	case errors.Is(err, io.EOF) && t.deep == 0:
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
	around := []string{""}
	for {
		token, err := t.next()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			if err := do(around[len(around)-1], e); err != nil {
				return err
			}
			if around = append(around, e.Name.Local); len(around) > depth {
				return failure(Unsupported, "XML nested deeper than %d", depth)
			}
		case xml.EndElement:
			around = around[:len(around)-1]
		}
	}
}
