import { expect, test } from "vitest";
import { countScript, dropScript, parseDropReport } from "./drop-rules.ts";

test("the rules of a node change in one transaction, in a chain of their own", () => {
  expect(dropScript(["198.18.7.11", "198.18.7.13"])).toMatchInlineSnapshot(`
    "set -e
    iptables -w -nvxL ASSAY 2>/dev/null || true
    echo --
    iptables-restore -w --noflush <<RULES
    *filter
    :ASSAY - [0:0]
    -A ASSAY -s 198.18.7.11 -j DROP
    -A ASSAY -s 198.18.7.13 -j DROP
    COMMIT
    RULES
    iptables -w -C INPUT -j ASSAY 2>/dev/null || iptables -w -I INPUT -j ASSAY
    iptables -w -nvxL ASSAY 2>/dev/null || true
    "
  `);
});

test("healing is a set of rules with nobody in it: it names our chain and no other", () => {
  expect(dropScript([])).toContain(":ASSAY - [0:0]\nCOMMIT");
  expect(dropScript([])).not.toContain("DROP");
});

test("counting changes nothing", () => {
  expect(countScript()).not.toMatch(/restore|-A|-I|-F|-X/);
});

const LISTING = `Chain ASSAY (1 references)
    pkts      bytes target     prot opt in     out     source               destination
     412    24720 DROP       0    --  *      *       198.18.7.11          0.0.0.0/0
      30     1800 DROP       all  --  *      *       198.18.7.13          0.0.0.0/0
`;

test("a report counts the packets before and the rules after", () => {
  const after = LISTING.split("\n").slice(0, 3).join("\n");
  expect(parseDropReport(`${LISTING}--\n${after}\n`)).toEqual({ droppedPackets: 442, rules: 1 });
});

test("a node without our chain has dropped nothing", () => {
  expect(parseDropReport("--\n")).toEqual({ droppedPackets: 0, rules: 0 });
});
