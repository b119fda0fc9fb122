-- lsp/plimsoll.lua alone, as nvim-lspconfig has it or a person copies it: without the plugin's other files.
--
--   PLIMSOLL_BIN=path/to/plimsoll nvim --clean --headless -l alone.lua
--
-- Exits with 1 and a sentence at the first thing that isn't as it should be.

local t = dofile(vim.fs.joinpath(vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2)), 'support.lua'))

local plugin = vim.fn.tempname()
t.write(plugin .. '/lsp/plimsoll.lua', t.read(t.setup .. '/lsp/plimsoll.lua'))

t.run('one file alone', function()
  vim.lsp.enable('plimsoll')
  local bufnr = t.open(t.copy_project() .. '/Dockerfile')
  t.attach(bufnr)
  t.await('a finding', function()
    return t.has(bufnr, 'package-manager-cache-mount', 9)
  end)
  local opened
  ---@diagnostic disable-next-line: duplicate-set-field
  vim.ui.open = function(path)
    opened = path
  end
  vim.cmd.PlimsollPicture()
  t.await('the picture', function()
    return opened
  end)
  t.go_to('npm ci')
  local choice = t.choose('explain package-manager-cache-mount')
  vim.lsp.buf.code_action()
  choice()
  t.await('the page of the rule', function()
    return vim.api.nvim_buf_get_name(0) == 'plimsoll://rule/package-manager-cache-mount'
  end)
  t.check(#t.text_of(0) > 200, 'the page is %s', t.text_of(0))
  vim.cmd.close()
  t.step('showed findings, the picture and the page of a rule')

  vim.uv.kill(t.processes()[1], 'sigkill')
  t.await('word of the end of the server', function()
    return t.noticed('quit with exit code')
  end)
  t.check(#vim.lsp.get_clients() == 0 and #t.processes() == 0, 'a server runs')
  t.check(not t.noticed('Error'), 'Neovim complained: %s', vim.inspect(t.notices))
  t.step('a killed server stays down, as Neovim has it')
end, plugin)
