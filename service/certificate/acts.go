package certificate

import "github.com/datapledge/datapledge/service/acts"

// actName is what an act is called on paper. The act itself follows it.
func actName(act, lang string) string {
	name, en := acts.Name(act)
	if lang != "zh" {
		name = en
	}
	if name == act {
		return act
	}
	return name + "  " + act
}
