package evidence

// TrustImprint is what a checker believes of the channel that holds
// checkpoints of the ledger (imprint 印刻): the same as of a consortium's ledger.
type TrustImprint struct {
	Channel string `json:"channel"`
	// GenesisHash is the lowercase hex SHA-256 of the header of its block 0.
	GenesisHash string `json:"genesis_hash"`
	*Consortium
}

// asLedger is that channel as the trust of a ledger, whose checks it undergoes.
func (i TrustImprint) asLedger() Trust {
	return Trust{V: Version, Ledger: ledgerFabric, Channel: i.Channel, GenesisHash: i.GenesisHash, Consortium: i.Consortium}
}

// imprintOf is that of a trust file, which may have none.
func imprintOf(f *fields) *TrustImprint {
	if !f.has("imprint") {
		return nil
	}
	in := fieldsOf(f.object("imprint"), "imprint")
	in.digest("genesis_hash")
	i := &TrustImprint{Channel: in.text("channel"), GenesisHash: in.text("genesis_hash"), Consortium: parseConsortium(in)}
	f.adopt(in)
	if f.err == nil {
		if _, err := i.asLedger().founding(); err != nil {
			f.fail("imprint", "%v", err)
		}
		if i.Channel == f.text("channel") {
			f.fail("imprint.channel", "is the ledger's own")
		}
	}
	return i
}

// WithImprint adds what is believed of the channel of checkpoints, of which
// the trust was made by TrustOfBlock, too.
func (t Trust) WithImprint(of Trust) Trust {
	t.Imprint = &TrustImprint{Channel: of.Channel, GenesisHash: of.GenesisHash, Consortium: of.Consortium}
	return t
}
