package evidence_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
)

// named are the rows of another table with these names. A name that is not
// there is a mistake in the matrix, and stops the tests.
func named[A any](table string, all []A, names []string, row func(A) tampering) (rows []tampering) {
	for _, name := range names {
		i := slices.IndexFunc(all, func(a A) bool { return row(a).name == name })
		if i < 0 {
			lost(table, name)
		}
		rows = append(rows, row(all[i]))
	}
	return rows
}

func lost(table, name string) { panic(fmt.Sprintf("the matrix: no %q in %s", name, table)) }

func onLedger(holds string, names ...string) []tampering {
	return named("attacks", slices.Concat(attacks, operatorAttacks), names, func(a attack) tampering {
		return tampering{ledger: "solo", name: a.name, holds: holds, check: a.check, file: a.file}
	})
}

func onChannel(holds string, names ...string) []tampering {
	return named("channel attacks", slices.Concat(blockAttacks, transactionAttacks), names, func(a channelAttack) tampering {
		return tampering{ledger: "fabric", name: a.name, holds: holds, check: a.check, file: a.file}
	})
}

func onFiles(holds string, names ...string) []tampering {
	return named("file attacks", fileAttacks, names, func(a fileAttack) tampering {
		return tampering{ledger: "fabric", name: a.name, holds: holds, check: a.check, file: a.file}
	})
}

// inSearch are lies that an exchange signs.
func inSearch(file string, names ...string) []tampering {
	return named("search attacks", searchAttacks, names, func(a searchAttack) tampering {
		return tampering{"solo", a.name, packer, a.check, file, func(t *testing.T) evidence.Report {
			s := newStory(t)
			report := s.searchOf(s.asset, s.kin)
			a.change(s, report)
			data, err := s.writeSearch(searchJWS(t, s.exchange, report), true)
			if err != nil {
				t.Fatal(err)
			}
			return check(t, data, s.trust())
		}}
	})
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
