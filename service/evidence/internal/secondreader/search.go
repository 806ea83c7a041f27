package secondreader

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// report is that of a search.
func (r *reader) report() object {
	v, _ := parse(r.files["record.json"])
	o, _ := v.(object)
	return o
}

func (r *reader) searchReport() error {
	if r.kind() != "search" {
		return nil
	}
	payload, k, err := r.opened(string(r.files["search/report.jws"]), "datapledge-report+jws", "exchange")
	if err != nil {
		return err
	}
	v, err := parse(r.files["record.json"])
	o, ok := v.(object)
	if err != nil || !ok || string(payload) != string(r.files["record.json"]) || o.text("number") != r.manifest.text("record_id") {
		return fmt.Errorf("the record is not the payload, or of another number: %v", err)
	}
	asOf := o.object("as_of")
	height := asOf.number("height")
	if err := shaped(o); err != nil {
		return err
	}
	if err := twice(o.objects("assets"), "asset_id"); err != nil {
		return err
	}
	_, dated := o.object("query")["as_of"]
	if height < 0 || height > r.manifest.object("as_of").number("height") || !r.isBlock(height, asOf.text("hash")) {
		return errors.New("another block than the ledger's")
	}
	late := k.revoked != nil && k.revoked.block <= height || !dated && k.from.block > height
	return must(!late, "by a key that was not good then")
}

// isBlock compares a hash with what the package has of that block.
func (r *reader) isBlock(n int64, hash string) bool {
	if of := r.manifest.object("as_of"); of.number("height") == n && of.text("hash") != hash {
		return false
	}
	if have, _, ok := r.hashOf(n, true); ok && have != hash {
		return false
	}
	for _, p := range r.proofs {
		if p.at.block == n+1 && r.solo && p.header.text("prev") != hash {
			return false
		}
	}
	if !r.solo {
		if b := r.chain.block(n); b != nil && b.hash != hash {
			return false
		}
		if b := r.chain.block(n + 1); b != nil && fmt.Sprintf("%x", b.prev) != hash {
			return false
		}
	}
	return true
}

func (r *reader) searchAnswers() error {
	if r.kind() != "search" {
		return nil
	}
	o := r.report()
	if err := twice(o.objects("liens"), "pledge_id"); err != nil {
		return err
	}
	if o["none"] != (len(o.list("liens")) == 0 && o["complete"] == true) {
		return errors.New("none is not what follows")
	}
	if err := sums(o); err != nil {
		return err
	}
	if err := r.alike(o); err != nil {
		return err
	}
	left := o.objects("liens")
	for _, a := range o.objects("assets") {
		n, err := r.answer(o, a, left)
		if err != nil {
			return fmt.Errorf("%s: %w", a.text("asset_id"), err)
		}
		left = slices.DeleteFunc(left, func(l object) bool { return l.text("asset_id") == a.text("asset_id") })
		_ = n
	}
	return must(len(left) == 0, "a lien on an asset that is not there")
}

func twice(list []object, name string) error {
	seen := map[string]bool{}
	for _, o := range list {
		if seen[o.text(name)] {
			return fmt.Errorf("%s stands twice", o.text(name))
		}
		seen[o.text(name)] = true
	}
	return nil
}

func sums(o object) error {
	want := o.object("query").text("asset_id")
	if want == "" {
		return must(o["expected_seq"] == nil, "a sequence of what was not asked for")
	}
	list := o.objects("assets")
	return must(len(list) > 0 && list[0].text("asset_id") == want && o["expected_seq"] == list[0]["expected_seq"], "not what was asked for")
}

// ledgers is a record as the ledger held it at the search's block.
func (r *reader) ledgers(o object, key string) object {
	text, _ := r.last(key, o.object("as_of").number("height"))
	v, _ := parse([]byte(text))
	rec, _ := v.(object)
	return rec
}

func orEmpty(v any) string {
	if v == nil {
		return "[]"
	}
	return print(v)
}

// runs says whether an order has no end, or one that is not there yet.
func runs(order object, at string) bool {
	until := order.text("until")
	if len(until) == len(time.DateOnly) {
		until += "T00:00:00Z"
	}
	end, err1 := time.Parse(time.RFC3339Nano, until)
	now, err2 := time.Parse(time.RFC3339Nano, at)
	return err1 != nil || err2 != nil || end.After(now)
}

func (r *reader) answer(o, a object, liens []object) (int, error) {
	rec := r.ledgers(o, "v1/asset/"+a.text("asset_id"))
	frozen := slices.ContainsFunc(rec.objects("frozen"), func(order object) bool { return runs(order, o.object("as_of").text("at")) })
	if rec == nil || a["owner"] != rec["owner"] || a["expected_seq"] != rec["seq"] || orEmpty(a["overlaps"]) != orEmpty(rec["overlaps"]) ||
		a["disputed"] != (len(rec.list("disputed_with")) > 0) || a["frozen"] != frozen {
		return 0, errors.New("not as the ledger has it")
	}
	if party := o.object("query").text("party"); a["via"] == "party" && party != rec.text("owner") {
		return 0, errors.New("another's")
	}
	if err := r.around(o, a, rec); err != nil {
		return 0, err
	}
	var mine []object
	for _, l := range liens {
		if l.text("asset_id") == a.text("asset_id") {
			mine = append(mine, l)
		}
	}
	return len(mine), r.liens(o, a, rec, mine)
}

func (r *reader) liens(o, a, rec object, liens []object) error {
	in := rec.objects("in_force")
	if len(in) != len(liens) {
		return errors.New("more or fewer liens")
	}
	for i, l := range liens {
		p := r.ledgers(o, "v1/pledge/"+l.text("pledge_id"))
		same := l.text("pledge_id") == in[i].text("pledge_id") && l.number("rank") == int64(i+1) && l["via"] == a["via"]
		for _, name := range []string{"pledgee", "pledgor", "asset_id", "state", "seq", "perfection"} {
			same = same && print(l[name]) == print(p[name])
		}
		for _, name := range []string{"mode", "secured_max", "matures", "expires"} {
			same = same && print(l[name]) == print(p.object("terms")[name])
		}
		if !same {
			return fmt.Errorf("%s: not as the ledger has it", l.text("pledge_id"))
		}
	}
	return nil
}

// around wants the neighbours of an asset that was asked for, when the search
// says that it is complete.
func (r *reader) around(o, a, rec object) error {
	if o["complete"] != true || a["via"] == "kin" || a["via"] == "file" || a["via"] == "content" {
		return nil
	}
	near := rec.texts("kin")
	for _, v := range rec.objects("overlaps") {
		near = append(near, v.text("asset_id"))
	}
	for _, id := range near {
		if !slices.ContainsFunc(o.objects("assets"), func(b object) bool { return b.text("asset_id") == id }) {
			return fmt.Errorf("%s was not looked at", id)
		}
	}
	return nil
}
