-- The plugin's commands, its help and its health check; and a server that crashes.
--
--   PLIMSOLL_BIN=path/to/plimsoll nvim --clean --headless -l commands.lua
--
-- Exits with 1 and a sentence at the first thing that isn't as it should be.

local t = dofile(vim.fs.joinpath(vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2)), 'support.lua'))

local function git(project, ...)
  local command = { 'git', '-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false', ... }
  local answer = vim.system(command, { cwd = project, text = true }):wait()
  t.check(answer.code == 0, 'git: %s', answer.stderr)
end

---The buffer of this name, once it holds these words.
local function buffer_with(name, words)
  return t.await(('%s with %q'):format(name, words), function()
    for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
      if vim.startswith(vim.api.nvim_buf_get_name(bufnr), name) and t.text_of(bufnr):find(words, 1, true) then
        return bufnr
      end
    end
  end)
end

local function shows_no(name)
  return vim.iter(vim.api.nvim_list_bufs()):all(function(bufnr)
    return not vim.startswith(vim.api.nvim_buf_get_name(bufnr), name)
  end)
end

local function layers(bufnr)
  vim.cmd.PlimsollLayers()
  local list = buffer_with('plimsoll://layers/', 'RUN npm ci')
  local text = t.text_of(list)
  t.check(text:find('MB', 1, true) and text:find('█', 1, true), 'the list has no weights:\n%s', text)
  t.check(vim.fn.bufwinid(list) ~= -1 and vim.api.nvim_get_current_buf() == bufnr, 'the list stands beside the file')
  vim.api.nvim_set_current_win(vim.fn.bufwinid(list))
  t.go_to('RUN npm ci')
  local words = t.window_of('all that is known of a step', function()
    vim.cmd.normal('K')
  end)
  t.check(words:find('node_modules', 1, true), 'of npm ci is known: %s', words)
  vim.api.nvim_set_current_win(vim.fn.bufwinid(list))
  vim.cmd.normal(vim.keycode('<CR>'))
  t.check(vim.api.nvim_get_current_buf() == bufnr, 'the step leads elsewhere')
  t.check(vim.api.nvim_get_current_line() == 'RUN npm ci', 'the step leads to %s', vim.api.nvim_get_current_line())
  t.step('listed the layers, and a step led to its line')

  vim.cmd.PlimsollChange('app/page.tsx')
  buffer_with('plimsoll://layers/', 'After a change of app/page.tsx, 2 of 5 steps run again.')
  t.check(t.text_of(list):find('COPY . .  ← runs again', 1, true), 'the list is:\n%s', t.text_of(list))
  local choice = t.choose('next.config.ts')
  vim.cmd.PlimsollChange()
  choice()
  buffer_with('plimsoll://layers/', 'After a change of next.config.ts')
  t.step('said what a change of a file runs again')

  -- The file changes on disk, beside the editor.
  local page = t.project .. '/app/page.tsx'
  local before = t.read(page)
  t.write(page, before .. '// changed\n')
  vim.cmd.PlimsollWorkingTree()
  buffer_with('plimsoll://layers/', 'After a build of HEAD, 2 of 5 steps run again.')
  t.write(page, before)
  vim.cmd.PlimsollWorkingTree('nothing-of-this')
  t.await('word of a commit that is none', function()
    return t.noticed('nothing-of-this')
  end)
  t.step('compared with the last commit')

  vim.cmd.PlimsollLayers()
  vim.api.nvim_buf_set_lines(bufnr, -1, -1, false, { 'USER node' })
  vim.api.nvim_exec_autocmds('TextChanged', { buffer = bufnr })
  buffer_with('plimsoll://layers/', 'USER node')
  vim.cmd('silent undo')
  vim.api.nvim_buf_delete(list, { force = true })
  t.step('the list follows what is typed')
end

local function pages()
  t.go_to('RUN npm ci')
  t.await('a finding', function()
    return t.has(0, 'package-manager-cache-mount', vim.fn.line('.'))
  end)
  vim.cmd.PlimsollRule()
  local page = buffer_with('plimsoll://rule/', 'package-manager-cache-mount')
  t.check(vim.bo[page].filetype == 'markdown' and not vim.bo[page].modifiable, 'the page can be written')
  vim.cmd.close()
  vim.cmd.PlimsollRule('DL3008')
  buffer_with('plimsoll://rule/', 'apt')
  vim.cmd.close()
  local names = vim.fn.getcompletion('PlimsollRule unpinned-', 'cmdline')
  t.check(vim.list_contains(names, 'unpinned-base-image'), 'the rules are %s', vim.inspect(names))
  local opened
  ---@diagnostic disable-next-line: duplicate-set-field
  vim.ui.open = function(path)
    opened = path
  end
  vim.cmd.PlimsollPicture()
  t.await('the picture', function()
    return opened
  end)
  t.check(t.read(opened):find('<svg', 1, true), 'the page is no picture')
  t.step('opened the pages of rules, and the picture')
end

local function conversion(bufnr)
  local config = t.read(t.project .. '/next.config.ts')
  vim.cmd.PlimsollConvert()
  local preview = buffer_with('plimsoll://convert', '+COPY --from=builder')
  local text = t.text_of(preview)
  for _, wanted in ipairs({
    'The image: ≈',
    '--- Dockerfile\n+++ Dockerfile',
    '--- /dev/null\n+++ .dockerignore',
    '+  output: "standalone",',
    'Note: Dockerfile:',
  }) do
    t.check(text:find(wanted, 1, true), 'the preview lacks %q:\n%s', wanted, text)
  end
  t.check(t.text_of(bufnr) == t.before and t.read(t.project .. '/next.config.ts') == config, 'looking changed a file')
  vim.cmd.PlimsollDiscard()
  t.check(shows_no('plimsoll://convert'), 'the preview stays')

  -- What changed under the preview isn't written over.
  vim.cmd.PlimsollConvert()
  buffer_with('plimsoll://convert', '+COPY --from=builder')
  vim.api.nvim_buf_set_lines(bufnr, -1, -1, false, { '# later' })
  vim.cmd.PlimsollApply()
  t.check(t.noticed('has changed since the preview'), 'no word of the change: %s', vim.inspect(t.notices))
  t.check(not t.text_of(bufnr):find('AS builder', 1, true), 'the changed file was converted')
  vim.cmd.PlimsollDiscard()
  vim.cmd('silent undo')
  vim.cmd('silent write')

  vim.cmd.PlimsollConvert()
  buffer_with('plimsoll://convert', '+COPY --from=builder')
  local saved = {}
  vim.api.nvim_create_autocmd('BufWritePost', {
    callback = function(event)
      table.insert(saved, vim.fs.basename(event.file))
    end,
  })
  vim.cmd('silent write')
  table.sort(saved)
  t.check(vim.deep_equal(saved, { '.dockerignore', 'Dockerfile', 'next.config.ts' }), 'saved: %s', vim.inspect(saved))
  t.check(shows_no('plimsoll://convert'), 'the preview stays')
  t.check(t.read(t.project .. '/Dockerfile'):find('AS builder', 1, true), 'the Dockerfile is not converted on disk')
  t.check(t.read(t.project .. '/next.config.ts'):find('standalone', 1, true), 'next.config.ts is not changed on disk')
  t.check(t.read(t.project .. '/.dockerignore'):find('node_modules', 1, true), 'there is no .dockerignore on disk')
  t.step('showed the conversion of all files, left it, and made it')

  vim.cmd.PlimsollConvert()
  t.await('the reason why it is not converted twice', function()
    return t.noticed('not converted: ')
  end)
  t.step('said why a file is not converted')
end

local function questions()
  local bufnr = t.open(t.copy_project('convert/question_two_at_once') .. '/Dockerfile')
  t.attach(bufnr)
  local asked = {}
  ---@diagnostic disable-next-line: duplicate-set-field
  vim.ui.select = function(choices, opts, on_choice)
    table.insert(asked, { opts.prompt, opts.format_item(choices[1]), choices[1] })
    on_choice(choices[1])
  end
  vim.cmd.PlimsollConvert()
  buffer_with('plimsoll://convert', '+COPY --from=')
  t.check(#asked == 2 and asked[1][1] ~= asked[2][1], 'asked was %s', vim.inspect(asked))
  t.check(asked[1][2] ~= asked[1][3], 'a choice has no title: %s', vim.inspect(asked[1]))
  vim.cmd.PlimsollDiscard()
  vim.cmd.bdelete()
  t.step('asked what only a person can say, and then showed the conversion')
end

local function fixes()
  local bufnr = t.open(t.project .. '/loose.Dockerfile')
  t.attach(bufnr)
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, { 'from node:20-alpine as Base', 'RUN echo done' })
  vim.cmd.PlimsollFixAll()
  t.await('all safe fixes', function()
    return t.lines_of(bufnr)[1] == 'FROM node:20-alpine AS base'
  end, function()
    return t.text_of(bufnr)
  end)
  vim.bo[bufnr].modified = false
  vim.cmd.bdelete()
  t.step('made all safe fixes at once')
end

local function help_and_health()
  local tags = t.setup .. '/doc/tags'
  vim.cmd.helptags(t.setup .. '/doc')
  local known = '\n' .. t.read(tags)
  vim.uv.fs_unlink(tags)
  for name in pairs(vim.api.nvim_get_commands({})) do
    if vim.startswith(name, 'Plimsoll') then
      t.check(known:find('\n:' .. name .. '\t', 1, true), 'the help says nothing of :%s', name)
    end
  end
  local editors = t.read(vim.env.VIMRUNTIME .. '/doc/tags')
  for link in t.read(t.setup .. '/doc/plimsoll.txt'):gmatch('|([^|%s]+)|') do
    local tag = '\n' .. link .. '\t'
    t.check(known:find(tag, 1, true) or editors:find(tag, 1, true), 'the help leads to %s, which is nowhere', link)
  end
  vim.cmd.checkhealth('plimsoll')
  local report = t.text_of(0)
  for _, wanted in ipairs({ 'plimsoll 0.', 'Neovim 0.', 'Dockerfile', 'ShellCheck' }) do
    t.check(report:find(wanted, 1, true), 'the health check lacks %q:\n%s', wanted, report)
  end
  t.check(not report:find('ERROR', 1, true), 'the health check has errors:\n%s', report)
  vim.cmd.close()

  vim.lsp.config('plimsoll', { cmd = { '/no/such/plimsoll', 'lsp' } })
  vim.cmd.checkhealth('plimsoll')
  report = t.text_of(0)
  t.check(report:find('there is no program /no/such/plimsoll', 1, true), 'the health check says:\n%s', report)
  vim.cmd.close()
  vim.lsp.config('plimsoll', { cmd = { t.binary, 'lsp' } })
  t.step('the help has every command, the health check finds what is there and what is not')
end

---The lists of layers outlive the server, and end with their Dockerfile.
local function lists_last(bufnr)
  local text = t.text_of(bufnr)
  vim.api.nvim_set_current_buf(bufnr)
  local first = t.attach(bufnr)
  vim.cmd.PlimsollLayers()
  local list = buffer_with('plimsoll://layers/', 'RUN ')
  vim.cmd.PlimsollRestart()
  t.await('another server', function()
    local client = t.attached(bufnr)
    return client and client.id ~= first.id
  end)
  vim.api.nvim_buf_set_lines(bufnr, -1, -1, false, { 'USER daemon' })
  vim.api.nvim_exec_autocmds('TextChanged', { buffer = bufnr })
  buffer_with('plimsoll://layers/', 'USER daemon')
  t.step('the list follows what is typed after a restart')

  vim.api.nvim_set_current_win(vim.fn.bufwinid(list))
  vim.api.nvim_win_set_cursor(0, { #t.lines_of(list), 0 })
  vim.api.nvim_buf_set_lines(bufnr, 1, -1, false, {})
  vim.cmd.normal(vim.keycode('<CR>'))
  t.check(vim.api.nvim_get_current_buf() == bufnr and vim.fn.line('.') == 1, 'the step leads to %s', vim.fn.line('.'))
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, vim.split((text:gsub('\n$', '')), '\n'))
  vim.cmd('silent write')
  vim.api.nvim_buf_delete(list, { force = true })

  t.write(t.project .. '/other.Dockerfile', 'FROM node:22\nUSER other\n')
  local other = t.open(t.project .. '/other.Dockerfile')
  t.attach(other)
  vim.cmd.PlimsollLayers()
  list = buffer_with('plimsoll://layers/', 'USER other')
  vim.api.nvim_buf_delete(other, { force = true })
  t.await('the list to close with its file', function()
    return not vim.api.nvim_buf_is_valid(list)
  end)
  t.step('the list goes with its Dockerfile')
end

local function restarts(bufnr)
  vim.api.nvim_set_current_buf(bufnr)
  local first = t.attach(bufnr)
  local pid = t.processes()[1]
  t.check(pid, 'no process of the server')
  vim.uv.kill(pid, 'sigkill')
  local second = t.await('the killed server to be started again', function()
    local client = t.attached(bufnr)
    return client and client.id ~= first.id and client
  end)
  t.check(t.noticed('is started again'), 'nothing is said of it: %s', vim.inspect(t.notices))
  t.check(not vim.list_contains(t.processes(), pid), 'the killed server is still there')
  vim.api.nvim_win_set_cursor(0, { 2, 0 })
  local hover = t.window_of('a hover by the new server', vim.lsp.buf.hover)
  t.check(hover:find('MB', 1, true), 'the hover is %s', hover)
  t.step('a killed server is started again, and answers')

  vim.cmd.PlimsollRestart()
  t.await('another server', function()
    local client = t.attached(bufnr)
    return client and client.id ~= second.id
  end)
  t.check(#vim.lsp.get_clients({ name = 'plimsoll' }) == 1, 'two servers run')
  t.step('restarted the server')

  -- The first crash was above; the fifth is one too many.
  for crash = 2, 5 do
    local client = t.attach(bufnr)
    vim.uv.kill(t.processes()[1], 'sigkill')
    t.await('word of crash ' .. crash, function()
      local now = t.attached(bufnr)
      return crash == 5 and t.noticed('5 times in three minutes and stays down') or now and now.id ~= client.id
    end)
  end
  t.check(#t.processes() == 0, 'a server runs')
  vim.cmd.PlimsollRestart()
  t.attach(bufnr)
  t.step('a server that crashes too often stays down until it is asked for')

  vim.lsp.log.set_level('debug')
  vim.lsp.log.info('a line')
  vim.cmd.PlimsollLog()
  t.check(vim.api.nvim_buf_get_name(0):find('lsp.log', 1, true), 'the log is %s', vim.api.nvim_buf_get_name(0))
  vim.cmd.close()
  t.step('opened the log')
end

t.run('commands', function()
  vim.lsp.enable('plimsoll')
  t.project = t.copy_project()
  git(t.project, 'init', '--quiet')
  git(t.project, 'add', '--all')
  git(t.project, 'commit', '--quiet', '--message', 'the project')
  vim.cmd.cd(t.project)
  vim.cmd.PlimsollLayers()
  t.check(t.noticed('open a Dockerfile first'), 'nothing is said without a Dockerfile')
  local bufnr = t.open(t.project .. '/Dockerfile')
  t.attach(bufnr)
  t.before = t.text_of(bufnr)
  layers(bufnr)
  pages()
  conversion(bufnr)
  questions()
  fixes()
  help_and_health()
  lists_last(bufnr)
  restarts(bufnr)
end)
