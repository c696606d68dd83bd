/** Scripts that let a shell complete the options, made from the options themselves. */

import type { Command, Option } from 'commander';

import { publicOptions } from './help.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export function completionScript(command: Command, shell: Shell): string {
  return { bash, zsh, fish }[shell](command);
}

type Kind = 'flag' | 'file' | 'directory' | 'words' | 'text';

function kindOf({ flags, argChoices, required, optional }: Option): Kind {
  if (!required && !optional) return 'flag';
  if (argChoices !== undefined) return 'words';
  if (/<dir>/.test(flags)) return 'directory';
  return /<(?:file|path)>/.test(flags) ? 'file' : 'text';
}

function bash(command: Command): string {
  const name = command.name();
  const options = publicOptions(command);
  const cases = options.flatMap((option) => {
    const names = [option.short, option.long].filter((each) => each !== undefined).join('|');
    const kind = kindOf(option);
    const words = {
      flag: undefined,
      text: option.optional ? undefined : 'COMPREPLY=()',
      file: 'COMPREPLY=($(compgen -f -- "$word"))',
      directory: 'COMPREPLY=($(compgen -d -- "$word"))',
      words: `COMPREPLY=($(compgen -W "${option.argChoices?.join(' ') ?? ''}" -- "$word"))`,
    }[kind];
    return words === undefined || option.optional ? [] : [`    ${names}) ${words}; return ;;`];
  });
  const longs = options.map(({ long, optional }) => `${long}${optional ? '=' : ''}`).join(' ');
  return `# bash completion of ${name}: eval "$(${name} --completion bash)"
_${name}() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  [ "$before" = "=" ] && before="\${COMP_WORDS[COMP_CWORD-2]}"
  [ "$word" = "=" ] && word=""
  case "$before" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "${longs}" -- "$word"))
  case "\${COMPREPLY[0]}" in *=) compopt -o nospace ;; esac
}
complete -o filenames -F _${name} ${name}
`;
}

function zsh(command: Command): string {
  const name = command.name();
  const quoted = (text: string): string => text.replaceAll("'", "'\\''").replaceAll(/[[\]:\\]/g, String.raw`\$&`);
  const lines = publicOptions(command).map((option) => {
    const action = {
      flag: '',
      text: ':value:',
      file: ':file:_files',
      directory: ':directory:_files -/',
      words: `:word:(${option.argChoices?.join(' ') ?? ''})`,
    }[kindOf(option)];
    const value = option.optional ? `:${action}` : action;
    return `  '*${option.long}${option.optional ? '=-' : option.required ? '=' : ''}[${quoted(option.description)}]${value}'`;
  });
  return `#compdef ${name}
# zsh completion of ${name}: ${name} --completion zsh > a file _${name} in a directory of $fpath
_arguments -s \\
${lines.join(' \\\n')}
`;
}

function fish(command: Command): string {
  const name = command.name();
  const quoted = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  const lines = publicOptions(command).map((option) => {
    const short = option.short === undefined ? '' : ` -s '${option.short.slice(1)}'`;
    const value = {
      flag: '',
      text: option.optional ? '' : ' -x',
      file: ' -r -F',
      directory: " -x -a '(__fish_complete_directories)'",
      words: `${option.optional ? '' : ' -x'} -a '${option.argChoices?.join(' ') ?? ''}'`,
    }[kindOf(option)];
    return `complete -c ${name}${short} -l '${option.long?.slice(2)}'${value} -d '${quoted(option.description)}'`;
  });
  return `# fish completion of ${name}: ${name} --completion fish > ~/.config/fish/completions/${name}.fish
complete -c ${name} -f
${lines.join('\n')}
`;
}
