// Parses every query of Prometheus rules and Grafana dashboards. Usage: promql.mjs FILE…
// Prints the metrics that they ask for, one a line; ends with 1, having named the queries that do not parse.
import { readFileSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';

// Grafana puts an interval in the place of its variables before it asks.
const queriesOf = (file, content) => file.endsWith('.json')
  ? content.panels.flatMap(panel => panel.targets.map(target => [panel.title, target.expr.replaceAll('$__rate_interval', '1m')]))
  : content.groups.flatMap(group => group.rules.map(rule => [rule.alert ?? rule.record, rule.expr]));

const metrics = new Set();
for (const file of process.argv.slice(2)) {
  for (const [name, query] of queriesOf(file, parse(readFileSync(file, 'utf8')))) {
    parser.parse(query).iterate({
      enter(node) {
        if (node.type.isError) {
          console.error(`${file}: ${name}: at ${node.from} of ${query}`);
          process.exitCode = 1;
        } else if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector') {
          metrics.add(query.slice(node.from, node.to));
        }
      },
    });
  }
}

console.log([...metrics].sort().join('\n'));
