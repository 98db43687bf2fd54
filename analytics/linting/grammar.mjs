// Reads {name: SQL} from stdin, writes {name: first error} for SQL that Trino's grammar rejects.
import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

// dt-sql-parser is written for bundlers: its own imports refer to folders and omit `.js`.
registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.startsWith('.') || /\.m?js$/.test(specifier)) return next(specifier, context);
    const endings = ['.js', '/index.js'].map((ending) => new URL(specifier + ending, context.parentURL));
    const found = endings.find((url) => existsSync(fileURLToPath(url)));
    return next(found ? found.href : specifier, context);
  },
});
const { TrinoSQL } = await import('dt-sql-parser');

const parser = new TrinoSQL();
const rejected = {};
for (const [name, sql] of Object.entries(JSON.parse(readFileSync(0, 'utf8')))) {
  const [error] = parser.validate(`${sql.trim().replace(/;$/, '')};`);
  if (error) rejected[name] = `line ${error.startLine}, column ${error.startColumn}: ${error.message}`;
}
process.stdout.write(JSON.stringify(rejected));
