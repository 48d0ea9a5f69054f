# Reads two texts of Yosys's `stat`: of the memory modules as they were, and of the hierarchy
# synthesized. Prints gates, flip-flops and memory bits by module: all instances of a module
# (whatever its parameters) together, without what is inside its sub-modules.
function base(name) {  # $paramod$hash\module, $paramod\module\A=..\B=..
  sub(/^\\/, "", name); sub(/^\$paramod(\$[0-9a-f]+)?\\/, "", name); sub(/\\.*/, "", name)
  return name
}
function count(module, times,    child, parts, i) {
  instances[base(module)] += times
  gates_of[base(module)] += times * gates[module]
  flops_of[base(module)] += times * flops[module]
  split(children[module], parts, " ")
  for (i = 1; i in parts; i++) {
    child = parts[i]
    if (base(child) == "systole_sram") {
      bits[base(module)] += times * uses[module, child] * memory[child]
      macros[memory[child]] += times * uses[module, child]
    } else {
      count(child, times * uses[module, child])
    }
  }
}
/Number of memory bits:/ && FNR == NR { memory[module] = $NF }
/^=== / {
  module = $2
  if (module == "design") module = ""
  else if (base(module) == "systole_top") top = module
  next
}
FNR != NR && module != "" && NF == 2 && $2 ~ /^[0-9]+$/ {
  if ($1 ~ /systole_/) {
    children[module] = children[module] " " $1
    uses[module, $1] = $2
  } else if ($1 ~ /DFF|_FF_/) flops[module] += $2
  else if ($1 ~ /^\$/) gates[module] += $2
}
END {
  count(top, 1)
  sort = "sort -k3,3nr"
  printf "%-28s %9s %9s %9s %12s\n", "module", "instances", "gates", "flops", "memory bits"
  for (m in instances) {
    printf "%-28s %9d %9d %9d %12d\n", m, instances[m], gates_of[m], flops_of[m], bits[m] | sort
    all_gates += gates_of[m]; all_flops += flops_of[m]; all_bits += bits[m]
  }
  close(sort)
  printf "%-28s %9s %9d %9d %12d\n", "total", "", all_gates, all_flops, all_bits
  for (m in macros) printf "memories of %9d bits: %4d\n", m, macros[m] | "sort -k3,3nr"
}
