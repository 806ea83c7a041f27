package pledge

import "slices"

// Reads lists the keys that Apply reads for a command before it knows
// anything of the state: sorted, each once. It is a hint for a State that can
// fetch many keys at once. Apply may read more (the asset behind a pledge,
// those that share a file), and less when it refuses early.
func Reads(c *Command) []string {
	if c == nil || c.body == nil {
		return nil
	}
	keys := []string{KeyParty(c.Payload.By), KeyCommand(c.Payload.By, c.ID)}
	keys = append(keys, c.subjects()...)
	for _, in := range c.inner {
		keys = append(keys, Reads(in)...)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// ReadsBehind lists the keys that Apply reads because of what stands under
// those of Reads: the asset that a pledge names, the pledgor whose name a
// filed registration must bear, and the assets that a scan found alike. It is a hint, too; value
// gives what is known to stand under a key, else nil.
func ReadsBehind(c *Command, value func(key string) []byte) []string {
	if c == nil {
		return nil
	}
	if len(c.inner) > 0 {
		var keys []string
		for _, in := range c.inner {
			keys = append(keys, ReadsBehind(in, value)...)
		}
		return keys
	}
	b, ok := c.body.(pledgeBody)
	if !ok || b.pledge() == "" {
		return nil
	}
	p, err := DecodePledge(value(KeyPledge(b.pledge())))
	if err != nil {
		return nil // new, or damaged: whoever applies the command will see
	}
	keys := []string{KeyAsset(p.AssetID)}
	if f, ok := b.(*PerfectBody); ok && f.Step == StepFile {
		keys = append(keys, KeyParty(p.Pledgor))
	}
	if _, ok := b.(*RegisterBody); ok && p.Scan != nil && slices.Contains(p.Terms.Checks, CheckScan) {
		keys = append(keys, overlapKeys(p.Scan.Overlaps)...)
	}
	return keys
}

// overlapKeys are the assets that a scan found to be like the pledged one.
func overlapKeys(list []ContentOverlap) []string {
	var keys []string
	for _, o := range list {
		keys = append(keys, KeyAsset(o.AssetID))
	}
	return keys
}

// subjects are the keys of what the body names.
func (c *Command) subjects() []string {
	switch b := c.body.(type) {
	case *EnrollBody:
		return []string{KeyParty(b.Party)}
	case *AddKeyBody:
		return []string{KeyParty(b.Party)}
	case *RevokeKeyBody:
		return []string{KeyParty(b.Party)}
	case *NotarizeBody:
		return c.contentKeys(b)
	case *CertificateBody:
		return []string{KeyAsset(b.AssetID)}
	case *ProposeBody:
		return []string{KeyAsset(b.AssetID), KeyParty(b.Pledgee)}
	case *FenceBody:
		return []string{KeyCommand(c.Payload.By, b.CommandID)}
	case *ScanBody:
		return append(overlapKeys(b.Overlaps), KeyPledge(b.PledgeID))
	case *AssignBody:
		return []string{KeyPledge(b.PledgeID), KeyParty(b.To)}
	case *ResolveBody:
		return []string{KeyAsset(b.AssetID), KeyAsset(b.Other)}
	case *TransferBody:
		return []string{KeyAsset(b.AssetID), KeyParty(b.To)}
	case *LicenseBody:
		return []string{KeyAsset(b.AssetID), KeyParty(b.To)}
	case *VersionBody:
		return append(c.contentKeys(b.notarized()), KeyAsset(b.AssetID))
	case assetBody:
		return []string{KeyAsset(b.about())}
	case recordBody:
		return []string{RecordKey(b.record())}
	case pledgeBody:
		if b.pledge() != "" {
			return []string{KeyPledge(b.pledge())}
		}
	}
	return nil
}

// contentKeys are where a notarization looks for others with its content.
func (c *Command) contentKeys(b *NotarizeBody) []string {
	var keys []string
	if c.receipt != nil {
		keys = append(keys, KeyParty(c.receipt.Payload.By))
	}
	if f, err := ParseFingerprint(b.Fingerprint); err == nil {
		keys = append(keys, KeyFingerprint(f.Hex()))
	}
	for _, f := range c.content.distinct {
		keys = append(keys, KeyFile(f.digest))
	}
	return keys
}
