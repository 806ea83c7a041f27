package preflight

import "fmt"

// codeMore is of what stands for the fixes that are not listed. It is no
// finding of its own.
const codeMore = "more"

// listed keeps as many of the fixes as may be listed, and ends with what says
// how many are not: nobody can answer for those one by one.
func (p *Preflight) listed(all []Fix) []Fix {
	left := map[bool]int{true: fixesMost, false: fixesMost}
	found := map[bool]int{}
	out := all[:0]
	for _, f := range all {
		if f.Principle == "exclusion" {
			found[f.Must]++
		}
		if left[f.Must] > 0 {
			out = append(out, f)
		}
		left[f.Must]--
	}
	beyond := func(must bool, n int) int { return max(0, -left[must]) + n - found[must] }
	p.unlisted = beyond(true, p.Exclusion.All.Findings)
	if looks := beyond(false, p.Exclusion.All.Looks); p.unlisted+looks > 0 {
		x := fix("exclusion", codeMore, fmt.Sprintf("另有 %d 项须整改、%d 项须人工确认,未逐项列出:先处理以上各项,或拆分数据集", p.unlisted, looks),
			fmt.Sprintf("%d more to fix and %d more to look at are not listed: see to these first, or divide the dataset", p.unlisted, looks))
		x.Must = p.unlisted > 0
		out = append(out, x)
	}
	return out
}
