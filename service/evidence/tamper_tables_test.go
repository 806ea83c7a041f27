package evidence_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
)

// The rows of other tables, by name. A name that is not there is a mistake in
// the matrix, and stops the tests.

func lost(table, name string) tampering { panic(fmt.Sprintf("the matrix: no %q in %s", name, table)) }

func onLedger(holds string, names ...string) (rows []tampering) {
	for _, name := range names {
		all := slices.Concat(attacks, operatorAttacks)
		i := slices.IndexFunc(all, func(a attack) bool { return a.name == name })
		if i < 0 {
			lost("attacks", name)
		}
		rows = append(rows, tampering{ledger: "solo", name: name, holds: holds, check: all[i].check, file: all[i].file})
	}
	return rows
}

func onChannel(holds string, names ...string) (rows []tampering) {
	for _, name := range names {
		all := slices.Concat(blockAttacks, transactionAttacks)
		i := slices.IndexFunc(all, func(a channelAttack) bool { return a.name == name })
		if i < 0 {
			lost("channel attacks", name)
		}
		rows = append(rows, tampering{ledger: "fabric", name: name, holds: holds, check: all[i].check, file: all[i].file})
	}
	return rows
}

func onFiles(holds string, names ...string) (rows []tampering) {
	for _, name := range names {
		i := slices.IndexFunc(fileAttacks, func(a fileAttack) bool { return a.name == name })
		if i < 0 {
			lost("file attacks", name)
		}
		rows = append(rows, tampering{ledger: "fabric", name: name, holds: holds, check: fileAttacks[i].check, file: fileAttacks[i].file})
	}
	return rows
}

// inSearch are lies that an exchange signs.
func inSearch(file string, names ...string) (rows []tampering) {
	for _, name := range names {
		i := slices.IndexFunc(searchAttacks, func(a searchAttack) bool { return a.name == name })
		if i < 0 {
			lost("search attacks", name)
		}
		a := searchAttacks[i]
		rows = append(rows, tampering{"solo", name, packer, a.check, file, func(t *testing.T) evidence.Report {
			s := newStory(t)
			report := s.searchOf(s.asset, s.kin)
			a.change(s, report)
			data, err := s.writeSearch(searchJWS(t, s.exchange, report), true)
			if err != nil {
				t.Fatal(err)
			}
			return check(t, data, s.trust())
		}})
	}
	return rows
}

func inImprint(holds string, names ...string) (rows []tampering) {
	for _, name := range names {
		if imprintAttacks[name] == nil && imprintFileAttacks[name] == nil {
			lost("imprint attacks", name)
		}
		rows = append(rows, tampering{ledger: "fabric", name: name, holds: holds, check: evidence.CheckImprintChannel, file: "imprint/"})
	}
	return rows
}

// inReceipts are receipts that the packer adds and no institution gave; the
// names are those of forgedReceipts.
func inReceipts() (rows []tampering) {
	for _, forged := range [][2]string{{"other key", "signed with a key that is not the court's"}, {"unknown party", "by a party that nobody enrolled"}, {"a bank", "by a bank"},
		{"as the court", "by a bank in the court's name"}, {"other hash", "about another hash"}, {"other block", "about another block"}, {"channel", "about another channel"},
		{"records", "about another number of records"}, {"cut", "with a broken signature"}, {"high s", "with a signature in its other spelling"}} {
		rows = append(rows, tampering{"solo", forged[1], authority, evidence.CheckImprintReceipts, "imprint/receipts/", func(t *testing.T) evidence.Report {
			s, court, f := imprinted(t)
			data := forgedReceipts(t, s, court)[forged[0]]
			name, _ := nameOfReceipt(string(data))
			f[name] = data
			return check(t, f.pack(t, s.exchange), s.trust())
		}})
	}
	return rows
}

func of(name string, rows ...[]tampering) kind { return kind{name, slices.Concat(rows...)} }
