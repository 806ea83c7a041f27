package lifeline

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/acts"
)

func actName(a pledge.Act) Text {
	zh, en := acts.Name(string(a))
	return Text{ZH: zh, EN: en}
}

// differences says which terms are other than before.
func differences(was, is pledge.Terms) (out []Text) {
	before, now := reflect.ValueOf(was), reflect.ValueOf(is)
	for i := range now.NumField() {
		if reflect.DeepEqual(before.Field(i).Interface(), now.Field(i).Interface()) {
			continue
		}
		name, _, _ := strings.Cut(now.Type().Field(i).Tag.Get("json"), ",")
		out = append(out, say("changed", say("field."+name), value(name, before.Field(i).Interface()), value(name, now.Field(i).Interface())))
	}
	return out
}

// lasting are the members whose day lasts to its end.
var lasting = []string{"matures", "expires", "until", "term_end"}

// value shows a member of a body as people read it.
func value(name string, v any) Text {
	switch x := v.(type) {
	case pledge.Amount:
		return verbatim(x.Text())
	case []string:
		return verbatim(orDash(strings.Join(x, ", ")))
	case bool:
		return say(fmt.Sprintf("yes.%t", x))
	case string:
		return text(name, x)
	}
	return verbatim(fmt.Sprint(v))
}

func text(name, s string) Text {
	switch {
	case s == "":
		return verbatim("-")
	case slices.Contains(lasting, name) && !moment(s).IsZero():
		return until(s)
	case !moment(s).IsZero():
		return at(s)
	}
	for kind, names := range coded {
		if slices.Contains(names, name) {
			return code(kind, s)
		}
	}
	return verbatim(s)
}

// coded says which members hold codes of which kind.
var coded = map[string][]string{"path": {"path"}, "mode": {"mode"}, "method": {"method"}, "buyer": {"buyer_type"},
	"share": {"kind"}, "ground": {"ground"}, "objection": {"ruling"}, "resolution": {"resolution"}}

func verbatim(s string) Text { return Text{ZH: s, EN: s} }

// Described are the members of a body, each as people read it, so that
// whoever signs knows what. Of an amendment it is what changes, when the terms
// that it replaces are known.
func Described(body any, was *pledge.Terms, people People) []Line {
	l := &line{people: people}
	if b, ok := body.(*pledge.AmendBody); ok && was != nil {
		var out []Line
		for _, d := range differences(*was, b.Terms) {
			out = append(out, Line{say("field.change"), d})
		}
		return out
	}
	return l.members(reflect.Indirect(reflect.ValueOf(body)))
}

func (l *line) members(v reflect.Value) (out []Line) {
	for i := range v.NumField() {
		f, field := v.Field(i), v.Type().Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if f.IsZero() && f.Kind() != reflect.Bool && f.Kind() != reflect.Int64 {
			continue
		}
		switch x := f.Interface().(type) {
		case pledge.Terms:
			out = append(out, l.members(f)...)
		case []pledge.Share:
			for _, s := range x {
				out = append(out, Line{say("field.share"), say("share.line", code("share", s.Kind), l.party(s.To), pledge.Amount{Amount: s.Amount, Currency: l.currency(v)}.Text())})
			}
		case []pledge.File:
			out = append(out, Line{say("field.files"), verbatim(fmt.Sprint(len(x)))})
		case []pledge.Redaction:
			for _, r := range x {
				out = append(out, Line{say("field.removed"), say("removed.line", r.Path, r.Reason)})
			}
		case pledge.Declaration:
		case int64:
			out = append(out, Line{say("field." + name), verbatim(pledge.Amount{Amount: x, Currency: l.currency(v)}.Text())})
		case string:
			out = append(out, l.member(name, x)...)
		default:
			out = append(out, Line{say("field." + name), value(name, x)})
		}
	}
	return out
}

// currency is that of the price beside which an amount stands.
func (l *line) currency(v reflect.Value) string {
	if p := v.FieldByName("Price"); p.IsValid() {
		return p.Interface().(pledge.Amount).Currency
	}
	return "CNY"
}

func (l *line) member(name, s string) []Line {
	switch {
	case name == "custody_receipt":
		return nil
	case pledge.CheckUSCC(s) == nil:
		return []Line{{say("field." + name), l.party(s)}}
	}
	return []Line{{say("field." + name), text(name, s)}}
}
