package evidence

// carried counts the commands that the block's transactions carry out, as
// their endorsers answered: in all of them, which is what the consenters
// signed, and in those marked valid, which nobody signs. They are counted
// once, however often it is asked: that reads every transaction.
func (b *block) carried(chaincode string) (all, valid uint64) {
	if b.counted == nil {
		all, valid = b.count(chaincode)
		b.counted = &carriedCount{all, valid}
	}
	return b.counted.all, b.counted.valid
}

type carriedCount struct{ all, valid uint64 }

func (b *block) count(chaincode string) (all, valid uint64) {
	for tx, raw := range b.txs {
		n := appliedIn(raw, chaincode)
		all += n
		if b.valid(uint64(tx)) == nil {
			valid += n
		}
	}
	return all, valid
}

// appliedIn is zero for what is no call of the rules that can be read: anybody
// who may write to the channel can have anything ordered.
func appliedIn(raw []byte, chaincode string) (n uint64) {
	t, err := parseTransaction(raw)
	if err != nil || t.kind != typeEndorsed || t.called != chaincode || t.function() != "apply" {
		return 0
	}
	did, err := readEffects(t.rwset, chaincode)
	if err != nil || canonicalValues(did.writes) != nil {
		return 0
	}
	results, err := parseResults(t.answer, did.writes)
	if err != nil || len(results) != len(t.args)-1 {
		return 0
	}
	for _, r := range results {
		if r.status == "applied" && len(r.writes) > 0 {
			n++
		}
	}
	return n
}
