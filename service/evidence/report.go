package evidence

import "slices"

// Result of one check.
type Result string

// The results. NotPresent: the package has nothing that this check is about,
// or damage found before kept it from being made.
const (
	Pass       Result = "pass"
	Fail       Result = "fail"
	NotPresent Result = "not-present"
)

// Verdicts of a report.
const (
	VerdictOK     = "ok"
	VerdictFailed = "failed"
)

// ExitTampered is the exit code of a tool whose package did not pass.
const ExitTampered = 11

// maxFailures bounds how many faults of one check are told; Failed counts all.
const maxFailures = 20

// Failure says where a check failed: the file in the package, the field in it
// (empty when it is the whole file) and what is wrong.
type Failure struct {
	File   string `json:"file"`
	Field  string `json:"field,omitempty"`
	Detail string `json:"detail"`
}

// Finding is the outcome of one named check: Count things were looked at, Failed of them failed.
type Finding struct {
	Name     string    `json:"name"`
	Result   Result    `json:"result"`
	Count    int       `json:"count"`
	Failed   int       `json:"failed,omitempty"`
	Failures []Failure `json:"failures,omitempty"`
	Note     *Words    `json:"note,omitempty"` // why nothing was found
}

// Line is one signed command of the package, in ledger order.
type Line struct {
	Block     uint64 `json:"block"`
	Tx        uint64 `json:"tx,omitempty"` // of the block of a consortium
	Index     uint64 `json:"index"`
	Time      string `json:"time"` // of the block; a consortium's has only its transactions'
	Act       string `json:"act"`
	By        string `json:"by"`
	At        string `json:"at"` // as signed
	CommandID string `json:"command_id"`
}

// Institution is a member of a consortium that vouches for what a package
// says: how many of its blocks it signed as a consenter, how many of its
// transactions its peers executed and endorsed, and of how many commands they
// attested that they took effect.
type Institution struct {
	MSP          string `json:"msp"`
	Party        string `json:"party"`
	Name         string `json:"name"`
	Blocks       int    `json:"blocks_signed"`
	Endorsements int    `json:"transactions_endorsed"`
	Attestations int    `json:"commands_attested"`
}

// Head names a block of the ledger.
type Head struct {
	Height uint64 `json:"height"`
	Hash   string `json:"hash"`
}

// Report is what Check found. Only Verdict says whether the package stands.
type Report struct {
	V          int       `json:"v"`
	Verdict    string    `json:"verdict"`
	RecordID   string    `json:"record_id"`
	RecordKind string    `json:"record_kind"`
	Ledger     string    `json:"ledger"`
	Channel    string    `json:"channel"`
	MadeAt     string    `json:"made_at"`
	AsOf       Head      `json:"as_of"`
	Checks     []Finding `json:"checks"`
	// Record tells the main lines of the record, as proven.
	Record []Detail `json:"record"`
	// Negative lists what speaks against the record or limits what is shown,
	// Keys whose keys could sign and since where, both by the proven commands.
	// They and Parts are empty for a package that does not stand.
	Negative []Fact    `json:"negative"`
	History  []Line    `json:"history"`
	Keys     []KeyLife `json:"keys"`
	// TimeStamps are the proven ones of the blocks that the commands are in.
	TimeStamps []StampedBlock `json:"time_stamps,omitempty"`
	// Imprinted are those under the checkpoints of another channel.
	Imprinted []Imprinted `json:"imprinted,omitempty"`
	// Received are the institutions that signed for the blocks (imprint 印刻).
	Received []Received `json:"imprint,omitempty"`
	// Institutions vouch for what is in the package of a consortium's ledger.
	// For that of a solo ledger its operator alone does.
	Institutions []Institution `json:"institutions,omitempty"`
	// Parts is what a court would want to see, and what of it is here;
	// Scorecard what the rules of evidence ask, and what speaks to it.
	Parts     []Part  `json:"parts"`
	Scorecard []Score `json:"scorecard"`

	facts    *facts
	manifest string // the verified text that CheckData compares with
	sm3      string // and the one with SM3, when there is one
}

// OK is whether every required check passed.
func (r Report) OK() bool { return r.Verdict == VerdictOK }

// ExitCode is the exit code of a tool: 0 when the package stands, else 11.
func (r Report) ExitCode() int {
	if r.OK() {
		return 0
	}
	return ExitTampered
}

// Find is the finding of the check of that name.
func (r Report) Find(name string) Finding {
	for _, c := range r.Checks {
		if c.Name == name {
			return c
		}
	}
	return Finding{Name: name, Result: NotPresent}
}

// judge sets the verdict: no check failed, and what the kind of record calls
// for was there and passed.
func (r *Report) judge() {
	r.Verdict = VerdictOK
	for i, n := range r.names() {
		if i >= len(r.Checks) || r.Checks[i].Result == Fail || r.Checks[i].Result == NotPresent && n.required(r) {
			r.Verdict = VerdictFailed
		}
	}
}

// ofConsortium says for which kind of ledger the checks were made: that is
// for the trust to say, never for the package.
func (r Report) ofConsortium() bool {
	return slices.ContainsFunc(r.Checks, func(c Finding) bool { return c.Name == CheckBlockSignatures })
}

func (r Report) names() []checkName {
	if r.ofConsortium() {
		return namesOf(ledgerFabric)
	}
	return namesOf(ledgerSolo)
}

// record notes one look of a check.
func (r *Report) pass(name string) {
	c := r.find(name)
	c.Count++
	if c.Result == NotPresent {
		c.Result = Pass
	}
}

func (r *Report) fail(name string, f Failure) {
	c := r.find(name)
	c.Count++
	c.Failed++
	c.Result = Fail
	if len(c.Failures) < maxFailures {
		c.Failures = append(c.Failures, f)
	}
}

// note passes or fails a check by err, whose field is told when it has one.
func (r *Report) note(name, file string, err error) bool {
	if err == nil {
		r.pass(name)
		return true
	}
	f := Failure{File: file, Detail: err.Error()}
	if at, ok := err.(*fault); ok {
		f.Field, f.Detail = at.field, at.detail
	}
	r.fail(name, f)
	return false
}

func (r *Report) find(name string) *Finding {
	for i := range r.Checks {
		if r.Checks[i].Name == name {
			return &r.Checks[i]
		}
	}
	r.Checks = append(r.Checks, Finding{Name: name, Result: NotPresent})
	return &r.Checks[len(r.Checks)-1]
}

// newReport has a line for every check that there is for a kind of ledger.
func newReport(ledger string) *Report {
	r := &Report{V: Version, Checks: []Finding{}, Record: []Detail{}, Negative: []Fact{}, History: []Line{}, Keys: []KeyLife{}, Parts: []Part{}, Scorecard: []Score{}}
	for _, n := range namesOf(ledger) {
		r.Checks = append(r.Checks, Finding{Name: n.name, Result: NotPresent})
	}
	return r
}
