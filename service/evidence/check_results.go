package evidence

import "cmp"

// result is what a transaction says that one of its commands did.
type result struct {
	id, status, recordID string
	writes               []write
}

// parseResults reads the answer of a transaction of commands: one result
// each, which name their writes by place among those of the transaction, and
// tell the values that a later command wrote again. No write may be left
// that no command made.
func parseResults(answer []byte, writes []write) ([]result, error) {
	n, err := parseJSON(answer)
	if err != nil {
		return nil, faultf("response.payload", "%v", err)
	}
	f := fieldsOf(n, "response.payload")
	f.version()
	made := make([]bool, len(writes))
	var out []result
	for _, entry := range f.list("results") {
		r, err := parseResult(entry, writes, made)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	for i, w := range writes {
		if !made[i] {
			f.fail("results", "no command wrote %.200q", w.key)
		}
	}
	return out, f.rest()
}

func parseResult(n node, writes []write, made []bool) (result, error) {
	f := fieldsOf(n, "response.payload.results")
	r := result{id: f.text("command_id"), status: f.text("status"), recordID: f.optional("record_id")}
	f.optional("code")
	f.optional("detail")
	f.used = append(f.used, "duplicate", "writes", "replaced")
	places, _ := n.get("writes")
	replaced, _ := n.get("replaced")
	if len(replaced.keys) > len(places.list) {
		return r, faultf(f.at("replaced"), "holds values that the command did not write")
	}
	former := replaced.members()
	again := 0
	for _, place := range places.list {
		if place.kind != '0' || place.num < 0 || place.num >= int64(len(writes)) {
			return r, faultf(f.at("writes"), "name a write that the transaction has not")
		}
		w := writes[place.num]
		made[place.num] = true
		if i, ok := former[w.key]; ok {
			w.value = replaced.list[i].raw
			again++
		}
		if k := len(r.writes); k > 0 && cmp.Compare(r.writes[k-1].key, w.key) >= 0 {
			return r, faultf(f.at("writes"), "are not in key order")
		}
		r.writes = append(r.writes, w)
	}
	if again != len(replaced.keys) {
		f.fail("replaced", "holds values that the command did not write")
	}
	return r, f.rest()
}

// canonicalValues wants what was written to be canonical JSON.
func canonicalValues(writes []write) error {
	for _, w := range writes {
		if _, err := parseCanonical(w.value); err != nil {
			return faultf("rwset.writes", "%.200q: %v", w.key, err)
		}
	}
	return nil
}
