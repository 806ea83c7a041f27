package evidence

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
}

// Line is one signed command of the package, in ledger order.
type Line struct {
	Block     uint64 `json:"block"`
	Index     uint64 `json:"index"`
	Time      string `json:"time"` // of the block
	Act       string `json:"act"`
	By        string `json:"by"`
	At        string `json:"at"` // as signed
	CommandID string `json:"command_id"`
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
	History    []Line    `json:"history"`

	manifest string // the verified text that CheckData compares with
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
	for i, c := range r.Checks {
		if c.Result == Fail || c.Result == NotPresent && names[i].required(r) {
			r.Verdict = VerdictFailed
		}
	}
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

func newReport() *Report {
	r := &Report{V: Version, Checks: []Finding{}, History: []Line{}}
	for _, n := range names {
		r.Checks = append(r.Checks, Finding{Name: n.name, Result: NotPresent})
	}
	return r
}
