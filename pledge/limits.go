package pledge

import "time"

// Limits of the rules. They are part of the contract: every ledger member
// must refuse the same commands.
const (
	// MaxCommand is the size of a command's JWS in bytes.
	MaxCommand = 256 << 10
	// MaxFiles is how many files a notarization may list; a larger dataset
	// gives its manifest root instead, and its files are not indexed.
	MaxFiles = 1000
	// MustList is how many files a notarization must list. Between that and
	// MaxFiles the list may be left out when long names push the command over
	// MaxCommand.
	MustList = 500
	// MaxHolders is how many assets the index of a file digest names. A file
	// in more assets than that is common, and only counted.
	MaxHolders = 256
	// MaxAge is how old a command may be when it takes effect.
	MaxAge = 24 * time.Hour
	// MaxAhead is how far a command's clock may be before the transaction's.
	MaxAhead = 5 * time.Minute
	// RulesVersion changes whenever the same commands may give other outcomes.
	RulesVersion = "4"

	// maxInteger is the largest integer that every JSON reader keeps exactly
	// (RFC 8785 section 3.2.2.3, RFC 7493 section 2.2).
	maxInteger = 1<<53 - 1
	// maxDepth is how deep JSON may nest.
	maxDepth = 32
	// maxKin bounds the assets whose sequence one registration moves.
	maxKin = 256
	// maxOverlaps bounds the small overlaps that an asset's record names.
	maxOverlaps = 32
	// maxCandidates bounds the assets that one notarization is compared with.
	maxCandidates = 1024
	// MaxFindings bounds what a custodian lists, and a person can answer for.
	MaxFindings = 64
	// maxReason bounds the reason of an override in bytes, so that MaxFindings
	// of them and MustList files fit into one command.
	maxReason = 500
	// maxPartyKeys bounds a party's record, revoked keys included.
	maxPartyKeys = 64

	offerValid       = 30 * 24 * time.Hour // LAW.md T1
	checkFresh       = 24 * time.Hour      // LAW.md T4c, T4d
	valuationFresh   = 90 * 24 * time.Hour // LAW.md T4b
	certificateSlack = 30 * 24 * time.Hour // LAW.md T5
	demandDays       = 5                   // working days, LAW.md T17
	filingDays       = 5                   // working days, LAW.md T6

	// DefaultGrace is the days of grace where the terms name none (LAW.md T14).
	DefaultGrace = 10
	// MaxClosing is how many commands a closing may hold, MaxClosingAge how old
	// one of them may be: the signatures of several houses take days.
	MaxClosing    = 16
	MaxClosingAge = 7 * 24 * time.Hour

	extendWindow = 180 * 24 * time.Hour // LAW.md T8
	extendAfter  = 30 * 24 * time.Hour  // after an objection that stood in the way of T8
	notifyWithin = 7 * 24 * time.Hour   // LAW.md T13
	lodgeWithin  = 30 * 24 * time.Hour  // LAW.md T13
	custodyEvery = 30 * 24 * time.Hour  // LAW.md T21
	// maxListed bounds each list that grows with the life of a record.
	maxListed = 64
)
