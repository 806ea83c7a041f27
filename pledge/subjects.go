package pledge

// pledgeBody is a body that is about an existing pledge, assetBody about an
// asset, recordBody about either.
type (
	pledgeBody interface{ pledge() string }
	assetBody  interface{ about() string }
	recordBody interface{ record() string }
)

func (b *ReceiptBody) pledge() string     { return b.PledgeID }
func (b *AgreeBody) pledge() string       { return b.PledgeID }
func (b *RegisterBody) pledge() string    { return b.PledgeID }
func (b *EndBody) pledge() string         { return b.PledgeID }
func (b *AttestBody) pledge() string      { return b.PledgeID }
func (b *ValueBody) pledge() string       { return b.PledgeID }
func (b *ScanBody) pledge() string        { return b.PledgeID }
func (b *ReleaseBody) pledge() string     { return b.PledgeID }
func (b *PerfectBody) pledge() string     { return b.PledgeID }
func (b *AmendBody) pledge() string       { return b.PledgeID }
func (b *ExtendBody) pledge() string      { return b.PledgeID }
func (b *AssignBody) pledge() string      { return b.PledgeID }
func (b *SubordinateBody) pledge() string { return b.PledgeID }
func (b *DefaultBody) pledge() string     { return b.PledgeID }
func (b *CureBody) pledge() string        { return b.PledgeID }
func (b *EnforceBody) pledge() string     { return b.PledgeID }
func (b *RealizeBody) pledge() string     { return b.PledgeID }
func (b *LapseBody) pledge() string       { return b.PledgeID }
func (b *KeyReleaseBody) pledge() string  { return b.PledgeID }
func (b *AlertBody) pledge() string       { return b.PledgeID }

func (b *AssetAttestBody) about() string { return b.AssetID }
func (b *VersionBody) about() string     { return b.AssetID }
func (b *TransferBody) about() string    { return b.AssetID }
func (b *LicenseBody) about() string     { return b.AssetID }
func (b *WithdrawBody) about() string    { return b.AssetID }
func (b *ResolveBody) about() string     { return b.AssetID }

func (b *ObjectBody) record() string   { return b.RecordID }
func (b *NotifyBody) record() string   { return b.RecordID }
func (b *LodgeBody) record() string    { return b.RecordID }
func (b *DecideBody) record() string   { return b.RecordID }
func (b *ExpireBody) record() string   { return b.RecordID }
func (b *FreezeBody) record() string   { return b.RecordID }
func (b *UnfreezeBody) record() string { return b.RecordID }
func (b *RevokeBody) record() string   { return b.RecordID }
func (b *CorrectBody) record() string  { return b.RecordID }
